"""Derivatives of formulas, step by step by the chain rule.

`functions` is the table of what a formula may use, `expression` reads a formula.
"""
