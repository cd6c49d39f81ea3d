"""The derivation of a network's update rules as text of at most 80 columns."""

import textwrap

from ..update_rules.record import Record
from .characters import printable
from .derivation_text import MULTIPLIES, WIDTH, filled, strong
from .update_rules_document import sections
from .update_rules_formulas import plain
from .update_rules_parts import Equations, Line, Part, Prose, Table, marked, unmarked
from .update_rules_words import introduction, title

_MARGIN = 2
_GAP = 3
_HELD = "\u00a0"  # a blank at which a line is not broken


def update_rules_text(record: Record, bold: bool = False) -> str:
    """Return the derivation; lines with × apply the chain rule.

    Args:
        record: the derivation.
        bold: whether titles and the chain rule's lines stand out, for a terminal.
    """
    blocks = [strong(title(record), bold), *(_part(part, bold) for part in introduction(record))]
    for number, section in enumerate(sections(record), start=1):
        blocks.append(strong(f"{number}. {section.title}", bold))
        blocks += [_part(part, bold) for part in section.parts]
    return "\n\n".join(blocks)


def _part(part: Part, bold: bool) -> str:
    if isinstance(part, Prose):
        return _prose(part)
    return _table(part) if isinstance(part, Table) else _equations(part, bold)


def _prose(part: Prose) -> str:
    held = "".join(
        text.replace(" ", _HELD) if kind == "name" else text for kind, text in marked(part.text)
    )
    margin = " " * _MARGIN
    wrapped = textwrap.wrap(
        held,
        WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_on_hyphens=False,
    )
    return "\n".join(wrapped).replace(_HELD, " ")


def _table(table: Table) -> str:
    """Return the rows, the last column's text in as many lines as it needs."""
    rows = [table.headings, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    shown = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        start = " " * _MARGIN + "".join(cell + " " * _GAP for cell in cells)
        shown += textwrap.wrap(
            printable(row[-1]), WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
        )
    return "\n".join(shown)


def _equations(part: Equations, bold: bool) -> str:
    """Return lines with their equals signs beneath one another, reasons beside or below them."""
    left = max(len(line.left) for line in part.lines)
    texts = [_equation(line, left) for line in part.lines]
    column = max(map(len, texts)) + _GAP
    reasons = [printable(unmarked(line.reason)) for line in part.lines]
    beside = column + max(map(len, reasons)) <= WIDTH
    found = []
    for line, text, reason in zip(part.lines, texts, reasons, strict=True):
        shown = strong(filled(text, 0, left + 8), bold and line.is_chain_rule)
        if line.right is not None and reason:
            blank = " " * (column - len(text)) if beside else "\n"
            shown += blank + (reason if beside else filled(reason, left + 8, left + 8))
        found.append(shown)
    return "\n".join(found)


def _equation(line: Line, left: int) -> str:
    if line.right is None:
        return f"    {'⋮':>{left}} {line.reason}"
    mark = MULTIPLIES if line.is_chain_rule else ""
    return f"{mark:>2}  {line.left:>{left}} {line.sign} {plain(line.right, line.of_arrays)}"
