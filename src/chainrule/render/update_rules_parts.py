"""What the derivation of update rules consists of, whatever it is shown as."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..derivation.building import Expr

_MARKED = re.compile(r"``(.+?)``|`(.+?)`")


@dataclass(frozen=True)
class Line:
    """One line of an equation.

    Attributes:
        left: the name of an element or array; "" where the line before goes on.
        right: what it equals; None for lines left out, which `reason` names.
        reason: why, or the shapes, in words like those of `Prose`; "" for none.
        is_chain_rule: whether the chain rule is applied.
        of_arrays: whether the names are arrays: their products, element by element, are ⊙.
        sign: what stands between left and right.
    """

    left: str
    right: Expr | None
    reason: str = ""
    is_chain_rule: bool = False
    of_arrays: bool = False
    sign: str = "="


@dataclass(frozen=True)
class Equations:
    """Lines beneath one another."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Prose:
    """A paragraph; a `name` in it is one of the equations', ``text`` is to be typed."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of text below their headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Part = Prose | Equations | Table


@dataclass(frozen=True)
class Section:
    """A title and what stands below it."""

    title: str
    parts: tuple[Part, ...]


def equations(*lines: Line) -> Equations:
    """Return lines beneath one another."""
    return Equations(lines)


def marked(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a paragraph: "words", "name" or "code", and the text of each.

    >>> list(marked("the weight `W1[i, j]`"))
    [('words', 'the weight '), ('name', 'W1[i, j]')]
    """
    place = 0
    for found in _MARKED.finditer(text):
        if found.start() > place:
            yield "words", text[place : found.start()]
        yield ("code", found[1]) if found[1] else ("name", found[2])
        place = found.end()
    if place < len(text):
        yield "words", text[place:]


def unmarked(text: str) -> str:
    """Return the words of a paragraph without the marks.

    >>> unmarked("in `z1[j]` it is 1")
    'in z1[j] it is 1'
    """
    return "".join(piece for _, piece in marked(text))


def shape(sizes: Sequence[int | str]) -> str:
    """Write a shape as Python does.

    >>> shape((7, 5)), shape((5,))
    ('(7, 5)', '(5,)')
    """
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
