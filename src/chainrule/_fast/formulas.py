"""Activations given by a formula, as loops around the code that `derivation` writes for users."""

from functools import lru_cache
from typing import Any

from ..formula_activation import code_of_activation
from .activations import Loops
from .compiled import Numbers


@lru_cache(maxsize=64)
def loops_of_formula(text: str) -> Loops:
    """Return the loops of a formula, which are compiled anew in each process."""
    names: dict[str, Any] = {}
    exec(code_of_activation(text).source("numba"), names)  # made of our own tree, not of the text
    value_and_derivative = names["value_and_derivative"]

    def value(z: Numbers, a: Numbers, rows: int, units: int) -> None:
        for i in range(rows * units):
            a[i] = value_and_derivative(z[i])[0]

    def pullback(z: Numbers, da: Numbers, rows: int, units: int) -> None:
        for i in range(rows * units):
            da[i] *= value_and_derivative(z[i])[1]

    return Loops(value, pullback)
