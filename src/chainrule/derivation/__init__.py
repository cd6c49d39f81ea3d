"""Derivatives of formulas, step by step by the chain rule.

A formula becomes a tree (`expression`), rules open its derivative (`rules`, the table), `deriving`
puts the steps together.  `functions` is the table of what a formula may use.
"""
