"""What the options of a command must satisfy."""

import typer

from ..errors import InputError
from ..names import unknown


def positive(value: float | None) -> float | None:
    """Let a number greater than 0 through, and None."""
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"it must be a number greater than 0, got {value:g}.")
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
