"""What the options of a command must satisfy, and how a value that does not is refused."""

import re
from collections.abc import Mapping
from typing import Any

import typer

from ..errors import InputError
from ..names import unknown

_STEPS = "it takes all rows at once and finds the size of its steps"
CONTRADICTIONS = [
    ("--split", "--folds", "rows are held out once, or in parts by turns"),
    ("--solver lbfgs", "--learning-rate", _STEPS),
    ("--solver lbfgs", "--batch-size", _STEPS),
]
"""Pairs of options of which one would be passed over in silence, and why."""


CONDITIONS = {
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "true or false",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
}
"""What the library that reads the options finds wrong → what the value must be."""


def refused(error: typer.BadParameter) -> str:
    """Say which option or argument was refused, its value, and what it must be."""
    option = error.param.opts[0] if error.param and error.param.opts else ""
    if error.message.startswith("must be"):  # our own
        return f"`{option}` {error.message}"
    found: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    if not option or not found:
        return error.format_message()
    value, condition = found[0]["input"], CONDITIONS.get(found[0]["type"])
    if condition:
        bounds = found[0].get("ctx", {})
        value = value if {"ge", "le"} & set(bounds) else repr(value)
        return f"`{option}` must be {condition.format(**bounds)}, got {value}."
    _, one_of, choices = error.message.rpartition("is not one of ")
    return (
        unknown(value, re.findall("'(.*?)'", choices), option) if one_of else error.format_message()
    )


def refuse_contradictions(given: Mapping[str, object]) -> None:
    """Refuse two options that exclude each other; one that was not given is None or False."""
    for one, other, why in CONTRADICTIONS:
        if given[one] and given[other]:
            raise InputError(f"`{one}` and `{other}` exclude each other: {why}. Leave one out.")


def positive(value: float | None) -> float | None:
    """Let a number greater than 0 through, and None."""
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"must be a number greater than 0, got {value:g}.")
    return value


def not_negative(value: float | None) -> float | None:
    """Let a number of at least 0 through, and None."""
    if value is not None and not 0 <= value < float("inf"):
        raise typer.BadParameter(f"must be a number of at least 0, got {value:g}.")
    return value


def parse_hidden(text: str | None) -> tuple[int, ...] | None:
    """Return the hidden layers' sizes: "5,4" means (5, 4), "0" none."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if parts == ["0"]:
        return ()
    if not all(part.isdecimal() and len(part) <= 15 and int(part) > 0 for part in parts):
        raise InputError(
            "`--hidden` must be whole numbers of 1 to 15 digits, at least 1, separated by commas, "
            f"as in 5,4, or 0 for no hidden layer; got {text!r}."
        )
    return tuple(int(part) for part in parts)


def require_one_of(name: str, choices: tuple[str, ...], option: str) -> None:
    """Refuse a name that is none of the choices."""
    if name not in choices:
        raise InputError(unknown(name, choices, option))


def one_or_each(text: str) -> str | list[str]:
    """Return names joined by commas as a list; a formula keeps those in its brackets.

    >>> one_or_each("relu, tanh"), one_or_each("max(0, x)")
    (['relu', 'tanh'], 'max(0, x)')
    """
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return text if len(parts) == 1 else [part.strip() for part in parts]
