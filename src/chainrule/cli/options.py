"""What the options of a command must satisfy."""

from collections.abc import Mapping

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


def refuse_contradictions(given: Mapping[str, object]) -> None:
    """Refuse two options that exclude each other; one that was not given is None or False."""
    for one, other, why in CONTRADICTIONS:
        if given[one] and given[other]:
            raise InputError(f"`{one}` and `{other}` exclude each other: {why}. Leave one out.")


def positive(value: float | None) -> float | None:
    """Let a number greater than 0 through, and None."""
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"it must be a number greater than 0, got {value:g}.")
    return value


def not_negative(value: float | None) -> float | None:
    """Let a number of at least 0 through, and None."""
    if value is not None and not 0 <= value < float("inf"):
        raise typer.BadParameter(f"it must be a number of at least 0, got {value:g}.")
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
