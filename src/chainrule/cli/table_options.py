"""The options that say how a table is read: the same of each command that reads one."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from ..errors import InputError
from ..formats import DECIMALS, THOUSANDS, USUAL, Spelling, TableFormat

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
Encoding = Annotated[
    str | None,
    _of_table("--encoding", help="Of the file, as in latin-1; UTF-8 if not given."),
]
Decimal = Annotated[
    str | None,
    _of_table("--decimal", metavar="CHARACTER", help="The decimal point: '.' or ','."),
]
Thousands = Annotated[
    str | None,
    _of_table(
        "--thousands", metavar="CHARACTER", help="What groups digits: ',', '.', \"'\" or ' '."
    ),
]
MissingWords = Annotated[
    list[str] | None,
    _of_table("--na", metavar="WORD", help="A cell that means missing, as in -999; repeatable."),
]
MaxRows = Annotated[
    int | None, _of_table("--max-rows", min=1, metavar="N", help="Read the first N rows only.")
]
LeaveOut = Annotated[
    list[str] | None,
    _of_table("--leave-out", metavar="COLUMN", help="A column not to learn from; repeatable."),
]
DropRare = Annotated[
    bool,
    _of_table("--drop-rare", help="Leave out classes of fewer rows than there are folds."),
]


def table_format(
    delimiter: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    missing_words: list[str] | None = None,
    max_rows: int | None = None,
    trained: Spelling = USUAL,
) -> TableFormat:
    """Return what the options of these names say; what they do not say of cells is as `trained`.

    Raises:
        InputError: for a decimal point or a separator of thousands that is none.
    """
    if decimal is None and thousands is None:
        decimal, thousands = trained.decimal, trained.thousands
    decimal = decimal or "."
    if decimal not in DECIMALS:
        raise InputError(f"`--decimal` must be '.' or ','; got {decimal!r}.")
    if thousands is not None and (thousands not in THOUSANDS or thousands == decimal):
        raise InputError(
            "`--thousands` must be one of ',', '.', \"'\" and ' ', another than the decimal point "
            f"{decimal!r}; got {thousands!r}."
        )
    said = trained.missing_words if missing_words is None else missing_words
    words = tuple(word.strip() for word in said)
    return TableFormat(delimiter, header, encoding, decimal, thousands, words, max_rows)
