"""How a table is written in its file: what the user says of it, the rest is found."""

from dataclasses import dataclass

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "whitespace": None}
"""In the order in which they are tried; whitespace means runs of spaces and tabs."""


@dataclass(frozen=True, slots=True)
class TableFormat:
    """What is said of a file of separated values; None: found from the text.

    Attributes:
        delimiter: a key of DELIMITERS, or a character.
        header: whether the first row names the columns.
    """

    delimiter: str | None = None
    header: bool | None = None


FOUND = TableFormat()
"""Nothing is said, all is found."""
