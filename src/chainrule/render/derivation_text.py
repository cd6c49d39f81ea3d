"""A derivation as text of at most 80 columns, for a terminal or a file."""

from ..derivation.record import Line, Record
from . import derivation_words as words
from .characters import printable

WIDTH = 80
MULTIPLIES = "×"
_DEEP = 1000


def derivation_text(record: Record, bold: bool = False) -> str:
    """Return the answer, the steps and what is to be known; the chain rule's steps have a ×.

    Args:
        record: the derivation.
        bold: whether the answer and the chain rule's steps stand out, for a terminal.
    """
    made = f",  {words.output_words(record)}" if record.activation is not None else ""
    shown = record.by_output if record.activation is not None else record.answer
    text = [filled(f"{words.head(record)} = {words.plain(record.expression)}{made}", 0, 4)]
    text.append(strong(filled(f"{words.slope_of(record)} = {words.plain(shown)}", 0, 4), bold))
    margin = len(words.slope_of(record)) + 1
    if record.activation is not None:
        text.append(filled(f"= {words.plain(record.answer)}", margin, margin + 2))
    elif record.by_output is not None:
        by_output = f"{words.plain(record.by_output)},  {words.output_words(record)}"
        text.append(filled(f"= {by_output}", margin, margin + 2))
    given = [f"{words.plain(name)} = {words.plain(number)}" for name, number in record.values]
    notes = [*words.meanings(record), *given]
    if notes:
        text.append(filled(f"with {', '.join(notes)}", 2, 2))
    text += ["", strong(f"Step by step ({MULTIPLIES} the chain rule)", bold)]
    text += [_line(line, place, bold) for place, line in enumerate(record.lines)]
    said = words.sentences(record)
    text += ["", *(filled(sentence, 0, 0) for sentence in said)] if said else []
    return "\n".join(text)


def _line(line: Line, place: int, bold: bool) -> str:
    """Return one line of the derivation, and beneath it the rule that led there."""
    if place == 0:
        return filled(words.plain(line.expression), 6, 8)
    multiplies = line.step is not None and line.step.is_chain_rule
    mark = MULTIPLIES if multiplies else " "
    equation = filled(f"{mark} {place:>2}  = {words.plain(line.expression)}", 0, 8)
    reason = line.reason if line.step is None else words.explained(line.step)
    return f"{strong(equation, bold and multiplies)}\n{filled(reason, 8, 8)}"


def filled(text: str, first: int, others: int) -> str:
    """Break a line before column 80 after a blank or a multiplication sign, outside brackets."""
    rest, lines = " " * first + printable(text), []
    while len(rest) > WIDTH:
        place = _place(rest, others)
        lines.append(rest[:place].rstrip())
        rest = " " * others + rest[place:]
    return "\n".join([*lines, rest.rstrip()])


def _place(text: str, margin: int) -> int:
    """Where to break: in the second half of the line, within as few brackets as can be."""
    depth, best = 0, (_DEEP, WIDTH)
    for place, character in enumerate(text[:WIDTH]):
        depth += (character in "([") - (character in ")]")
        if character in " ·" and place > margin + (WIDTH - margin) // 2 and depth <= best[0]:
            best = (depth, place + 1)
    return best[1]


def strong(text: str, bold: bool) -> str:
    """Return a text that a terminal shows in bold, if it is to."""
    return f"\x1b[1m{text}\x1b[0m" if bold else text
