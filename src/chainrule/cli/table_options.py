"""The options that say how a table is read: the same of each command that reads one."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

_of_table = partial(typer.Option, rich_help_panel="Table")


class Task(StrEnum):
    """What kind of problem it is."""

    classification = "classification"
    regression = "regression"


Target = Annotated[str, _of_table("--target", help="Column to predict: name, or index from 0.")]
TaskOption = Annotated[
    Task | None,
    _of_table(
        "--task",
        metavar="TASK",
        help="classification or regression; found from the target if not given.",
    ),
]
Delimiter = Annotated[
    str | None,
    _of_table(
        "--delimiter",
        help="comma, semicolon, tab, whitespace or a character; found if not given.",
    ),
]
Header = Annotated[bool | None, _of_table("--header/--no-header", help="Found if not given.")]
Missing = Annotated[
    str, _of_table("--missing", help="Missing cells: refuse, drop the row, or mean.")
]
