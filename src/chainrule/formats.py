"""How a table is written in its file: what the user says of it, the rest is found."""

from dataclasses import dataclass

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "whitespace": None}
"""In the order in which they are tried; whitespace means runs of spaces and tabs."""


DECIMALS, THOUSANDS = (".", ","), (",", ".", "'", " ")
"""What may stand between whole and fraction, and between groups of three digits."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How cells are written, as in `TableFormat`: what a model must know of its training."""

    decimal: str = "."
    thousands: str | None = None
    missing_words: tuple[str, ...] = ()


USUAL = Spelling()
"""With a decimal point, and nothing between the digits."""


@dataclass(frozen=True, slots=True)
class TableFormat:
    """What is said of a file of separated values; None: found from the text.

    Attributes:
        delimiter: a key of DELIMITERS, or a character.
        header: whether the first row names the columns.
        encoding: of the text; UTF-8, or UTF-16 where a mark says so, if not given.
        decimal: what stands between whole and fraction: "." or ",".
        thousands: what stands between groups of three digits, None for nothing.
        missing_words: cells that mean "missing" in any column, beside the empty ones.
        max_rows: how many rows are read at most.
        known: names of columns to be found: a first row that holds them is a header.
    """

    delimiter: str | None = None
    header: bool | None = None
    encoding: str | None = None
    decimal: str = "."
    thousands: str | None = None
    missing_words: tuple[str, ...] = ()
    max_rows: int | None = None
    known: tuple[str, ...] = ()

    @property
    def spelling(self) -> Spelling:
        """How cells are written."""
        return Spelling(self.decimal, self.thousands, self.missing_words)


FOUND = TableFormat()
"""Nothing is said, all is found."""
