"""The functions that a program defines: activations, their derivatives, what these are made of."""

import re
from dataclasses import replace
from typing import Literal

from ..activations import ACTIVATIONS, EXPONENTIAL, Activation
from ..derivation.building import ONE, Expr
from ..derivation.code import code_for
from ..derivation.expression import filled, read_formula
from ..derivation.functions import NAMES
from ..derivation.lines import Lines
from ..derivation.source import Printer
from ..derivation.targets import NUMPY, PYTHON
from ..derivation.writing import written
from ..update_rules.architecture import ActivationRule, Z
from .expressions import written_in
from .layout import WIDTH, Definitions, function
from .parts import parts

By = Literal["a", "z"]

_SAFE_VALUES = {  # where the definition overflows or loses digits
    "logistic": "sigmoid(z)",
    "softplus": "softplus(z)",
    "elu": "where(z > 0, z, expm1(z))",
    "selu": "1.0507009873554805*where(z > 0, z, 1.6732632423543772*expm1(z))",
}
_SAFE_SLOPES = {
    "softplus": "-expm1(-a)",
    "selu": "where(a > 0, 1.0507009873554805, a + 1.7580993408473766)",
}

_TARGETS = {
    "python": replace(PYTHON, texts={**PYTHON.texts, "sigmoid": "logistic({})"}),
    "numpy": replace(
        NUMPY,
        texts={
            **NUMPY.texts,
            "sigmoid": "logistic({})",
            "normal_cdf": "normal_cdf({})",
            "erf": "erf({})",
        },
    ),
}


def natural(rule: ActivationRule) -> By:
    """Return what the derivative is best written in: the activation's own value if that says it."""
    if rule.name in _SAFE_SLOPES:
        return "a"
    if _record(rule) is None and rule.by_a is not None and not rule.by_a.free_symbols:
        return "z"  # a formula with a constant derivative
    return "z" if rule.by_a is None else "a"


def _record(rule: ActivationRule) -> Activation | None:
    """The package's own activation of this name, None for a formula."""
    return EXPONENTIAL if rule.name == EXPONENTIAL.name else ACTIVATIONS.get(rule.name)


def activation_functions(language: str, rule: ActivationRule, name: str, by: By) -> Definitions:
    """Return the definitions of an activation and of its derivative by a or by z."""
    record = _record(rule)
    if record is None:
        return _of_formula(language, rule, name, by)
    value = written_in(language, _value(rule))
    slope = written_in(language, _slope(rule, by))
    found = parts(language, (*value.used, *slope.used))
    if name not in found:  # the logistic function itself is one of the parts
        says = f"a = {record.formula}."
        found[name] = function(name, ["z"], says, [f"return {value.text}"])
    formula = f" = {record.derivative_formula}" if by == natural(rule) else ""
    source = f"the value a = {name}(z)" if by == "a" else "z"
    says = f"∂a/∂z{formula}, by {source}."
    slope_name = f"{name}_derivative"
    argument = "_" if slope.text == "1" else by
    found[slope_name] = function(slope_name, [argument], says, [f"return {slope.text}"])
    return found


def _value(rule: ActivationRule) -> Expr:
    text = _SAFE_VALUES.get(rule.name)
    return rule.formula if text is None else read_formula(text, "z").expression


def _slope(rule: ActivationRule, by: By) -> Expr:
    if by == "a":
        text = _SAFE_SLOPES.get(rule.name)
        found = rule.by_a if text is None else read_formula(text, "a").expression
        return ONE if found is None else found
    row = NAMES.get(rule.name)
    return filled(row.derivative, u=Z) if row is not None and row.derivative else rule.by_z


def _of_formula(language: str, rule: ActivationRule, name: str, by: By) -> Definitions:
    """A formula's value and derivative: code that neither overflows nor cancels."""
    code = code_for(rule.name)
    slope, slope_line, formula = code, code.derivative_line, code.derivative_formula
    if by == "a":
        slope = code_for(written(rule.by_a), "a")
        slope_line, formula = slope.value_line, slope.formula
    found: Definitions = {}
    made: Definitions = {}
    for what, lines, line, argument, says in (
        (name, code.lines, code.value_line, "z", f"a = {_in('z', code.formula)}."),
        (f"{name}_derivative", slope.lines, slope_line, by, f"∂a/∂z = {_in(by, formula)}."),
    ):
        printer = _printed(language, lines, line)
        called = [lines.all[number].name for number in printer.needed]
        found |= parts(language, tuple("logistic" if one == "sigmoid" else one for one in called))
        body = [f"{to} = {part}" for to, part in printer.assigned]
        body.append(f"return {printer.outputs[0]}")
        made[what] = function(what, [argument], says, [_in(argument, one) for one in body])
    return found | made


def _printed(language: str, lines: Lines, line: int) -> Printer:
    """Return the printed code, with as few names for parts as lines of a fair length need."""
    for width in (60, 40, 30, 20, 12):
        printer = Printer(lines, (line,), _TARGETS[language], width)
        texts = [text for _, text in printer.assigned] + printer.outputs
        if max(map(len, texts)) <= WIDTH - 16:
            break
    return printer


def _in(name: str, text: str) -> str:
    """The same of a variable of this name, instead of x."""
    return re.sub(r"\bx\b", name, text)
