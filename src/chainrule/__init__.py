"""Backpropagation in the open: every gradient, and the chain rule inside it."""

__version__ = "0.1.0"
