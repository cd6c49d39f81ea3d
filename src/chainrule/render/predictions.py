"""Predictions as lines of separated values, or as JSON: a block of rows at a time.

A cell of text that a spreadsheet would run as a formula gets a ' before it in separated values,
which have no other way to say that it is text; JSON has it as it is.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any

from ..facts import Predicted
from .json_text import json_text

SCHEMA = "chainrule.predict/1"
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')
_FORMULA = re.compile(r"[=+\-@\t\r]")  # how a cell begins that a spreadsheet runs
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SAID = (
    "a cell that a spreadsheet would run as a formula, such as {!r}, gets a ' before it; "
    "`--format json` has it as it is"
)
_ANY = re.compile(r'[",\r]|\n[=+\-@\s]|\s\n')  # of cells in lines: one that is not written as it is


def csv_lines(
    blocks: Iterable[Predicted],
    names: Sequence[str],
    target: str,
    classes: Sequence[Any] | None,
    say: Callable[[str], None],
) -> Iterator[str]:
    """Yield lines: the names, then a row a line; `names` are of the columns passed through.

    `say` hears of the first cell that is not written as it is.
    """
    first, said = True, False
    for block in blocks:
        if first:
            labels = [f"p({label})" for label in classes or ()] if block.shares is not None else []
            yield ",".join(map(cell, (*names, target, *labels))) + "\n"
            first = False
        columns = [list(map(repr, column)) for column in _columns(block.shares)]
        columns = [_without(block, column) for column in (_values(block, classes), *columns)]
        formulas = [] if said else filter(_is_formula, chain(*filter(_is_special, block.ids)))
        for formula in islice(formulas, 1):
            say(_SAID.format(formula))
            said = True
        columns = [*map(_cells, block.ids), *columns]
        if not len(block.values):
            continue
        if len(columns) > 1:
            lines: Iterator[str] = map(",".join, zip(*columns, strict=True))
        else:  # an empty line is none to most readers
            lines = _not_empty(columns[0])
        yield "\n".join(lines) + "\n"


def json_lines(
    blocks: Iterable[Predicted], names: Sequence[str], classes: Sequence[Any] | None
) -> Iterator[str]:
    """Yield a JSON object a row: `id` by column, `prediction`, `probabilities` by class."""
    labels = [str(label) for label in classes or ()]
    for block in blocks:
        ids = zip(*block.ids, strict=True) if names else repeat(())
        values = _plain(block)
        shares = repeat(None) if block.shares is None else block.shares.tolist()
        lines = []
        for row, value, share in zip(ids, values, shares, strict=False):
            record: dict[str, Any] = {"id": dict(zip(names, row, strict=True))} if names else {}
            record["prediction"] = value
            if share is not None:
                given = None if value is None else dict(zip(labels, share, strict=True))
                record["probabilities"] = given
            lines.append(json.dumps(record, ensure_ascii=False))
        yield "".join(f"{line}\n" for line in lines)


def json_object(
    blocks: Iterable[Predicted], names: Sequence[str], classes: Sequence[Any] | None
) -> Iterator[str]:
    """Yield one JSON object of schema `chainrule.predict/1`, when all blocks are there."""
    values: list[Any] = []
    shares: list[Any] | None = None
    ids: dict[str, list[str]] = {name: [] for name in names}
    for block in blocks:
        plain = _plain(block)
        values += plain
        for name, cells in zip(names, block.ids, strict=True):
            ids[name] += cells
        if block.shares is not None:
            shares = [] if shares is None else shares
            rows = zip(plain, block.shares.tolist(), strict=True)
            shares += [None if value is None else row for value, row in rows]
    record: dict[str, Any] = {"schema": SCHEMA, "predictions": values}
    record |= {"ids": ids} if names else {}
    if shares is not None:
        record |= {"classes": classes, "probabilities": shares}
    yield json_text(record) + "\n"


def cell(text: str) -> str:
    """Return a cell of text as separated values have it.

    >>> cell("a"), cell('a "b", c'), cell("=1+1"), cell("-1.5")
    ('a', '"a ""b"", c"', "'=1+1", '-1.5')
    """
    if _is_formula(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _is_formula(text: str) -> bool:
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def _is_special(cells: Sequence[str]) -> bool:
    """Whether a cell may not be written as it is; looked for in all at once, as most may."""
    joined = "\n" + "\n".join(cells) + "\n"
    return joined.count("\n") != len(cells) + 1 or bool(_ANY.search(joined))


def _cells(cells: Sequence[str]) -> list[str]:
    return list(map(cell, cells) if _is_special(cells) else cells)


def _not_empty(texts: Sequence[str]) -> Iterator[str]:
    return (text or '""' for text in texts)


def _columns(shares: Any) -> list[list[float]]:
    return [] if shares is None else list(shares.T.tolist())


def _values(block: Predicted, classes: Sequence[Any] | None) -> list[str]:
    values = block.values.tolist()
    if classes is None:
        return list(map(repr, values))
    written = {label: cell(str(label)) for label in classes}
    return [written[value] for value in values]


def _without(block: Predicted, texts: list[str]) -> list[str]:
    """Return texts with nothing where a row has no prediction."""
    if block.absent is None:
        return texts
    return ["" if gone else text for text, gone in zip(texts, block.absent, strict=True)]


def _plain(block: Predicted) -> list[Any]:
    """Return the values as JSON has them: null where there is none."""
    values = [
        None if isinstance(value, float) and not math.isfinite(value) else value
        for value in block.values.tolist()
    ]
    if block.absent is None:
        return values
    return [None if gone else value for value, gone in zip(values, block.absent, strict=True)]
