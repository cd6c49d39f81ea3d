"""An activation from a formula of x: differentiated, and computed by code made from both."""

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .activations import Activation
from .chain import Array
from .derivation.accuracy import POINTS
from .derivation.code import Code, code_for
from .errors import InputError

USUAL = POINTS[abs(POINTS) <= 10]  # x at which an activation and its derivative must be numbers


@lru_cache(maxsize=64)
def code_of_activation(text: str) -> Code:
    """Return the code of a formula that can be an activation.

    Raises:
        InputError: if the formula cannot be read, is not of one name, or has no value at some x.
    """
    code = code_for(text)
    for what, function in (("value", code.value), ("derivative", code.derivative)):
        nowhere = USUAL[~np.isfinite(function(USUAL))]
        if nowhere.size:
            raise InputError(
                f"`activation` {text!r} has no {what} at {code.variable} = {nowhere[0]:.6g}; "
                "an activation needs one everywhere. Use where(condition, formula, otherwise)."
            )
    if not code.is_exact:
        warnings.warn(f"activation {text!r}: {code.remark}", stacklevel=4)
    return code


@dataclass(frozen=True)
class FormulaFunction:
    """A formula's value or derivative as a function of z; copied and pickled as its formula."""

    text: str
    part: str

    def __call__(self, z: Array) -> Array:
        """Compute it; complex z, of the complex step, may lose digits where real ones do not."""
        code = code_of_activation(self.text)
        kind = f"complex_{self.part}" if np.iscomplexobj(z) else self.part
        return getattr(code, kind)(np.asarray(z))


def formula_activation(text: str) -> Activation:
    """Return the record of an activation that is given by its formula.

    Raises:
        InputError: if the formula cannot be read, is not of one name, or has no value at some x.

    >>> cube = formula_activation("x^3")
    >>> cube.derivative(np.array([1.0, 2.0])).tolist(), cube.derivative_formula
    ([3.0, 12.0], '3*z**2')
    """
    code = code_of_activation(text)
    return Activation(
        name=text,
        value=FormulaFunction(text, "value"),
        derivative=FormulaFunction(text, "derivative"),
        derivative_by_a=None,  # 1 − a² is faster, but has lost half of its digits at z = 10
        formula=_in_z(code.formula),
        derivative_formula=_in_z(code.derivative_formula),
    )


def _in_z(formula: str) -> str:
    """The formula in the pre-activation z, as those of the table are."""
    return re.sub(r"\bx\b", "z", formula)
