"""The words of a formula, each with its place; what no formula has is refused here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import FormulaError, InputError

MAX_LENGTH = 1000
MAX_DIGITS = 60
MAX_EXPONENT = 400
_WINDOW = 30  # characters shown on either side of the place of an error
_SPELLINGS = str.maketrans("−–·×∙⋅∗÷", "--*****/")
_SUPERSCRIPTS = {"²": "2", "³": "3"}
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d²³][^\W²³]*|√)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/^(),<>=])"
    r"|(?P<power>[²³])"
)
_HINTS = {
    ".": "a formula has numbers and names, no attributes",
    "[": "write round brackets",
    "{": "write round brackets",
    "'": "a formula has no text in quotes",
    '"': "a formula has no text in quotes",
    "|": "write abs(…) for a number without its sign",
    ":": "a formula is one expression",
    "%": "write `/ 100` for a percentage",
    "!": "it has no factorial",
}


def refusal(sentence: str, text: str, start: int) -> FormulaError:
    """Return the error that a formula has, its place marked."""
    first = max(0, start - _WINDOW)
    part = "".join(c if c.isprintable() else " " for c in text[first : start + _WINDOW])
    before = "…" if first else ""
    after = "…" if start + _WINDOW < len(text) else ""
    end = "" if sentence.endswith("?") else "."
    return FormulaError(
        f"`formula` cannot be read: {sentence}{end}",
        f"  {before}{part}{after}\n  {'':{len(before) + start - first}}^",
    )


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a formula: a number, a name, a sign or the end."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> list[Token]:
    """Return the words of a formula, the end last.

    Raises:
        InputError: if it is empty, too long, or has what no formula has.

    >>> [token.text for token in tokens("2*x")]
    ['2', '*', 'x', '']
    """
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"`formula` must have at most {MAX_LENGTH} characters, got {len(text)}; "
            "name a part of it and derive that."
        )
    found = list(_tokens(text))
    if len(found) == 1:
        raise InputError("`formula` must be an expression, as in 'x*tanh(x)'; it is empty.")
    for token in found:
        if token.text == "=":
            sentence = "write only what stands right of `=`; numbers of names are given by --set"
            raise refusal(sentence, text, token.start)
    return found


def _tokens(text: str) -> Iterator[Token]:
    plain, place = text.translate(_SPELLINGS), 0
    while place < len(text):
        match = _TOKEN.match(plain, place)
        if match is None:
            hint = _HINTS.get(text[place], "it is no part of a formula")
            raise refusal(f"{text[place]!r} cannot stand here; {hint}", text, place)
        kind, word = match.lastgroup or "", match.group()
        if kind == "number":
            _require_short(word, text, place)
        if kind == "power":
            yield Token("sign", "^", place)
            yield Token("number", _SUPERSCRIPTS[word], place)
        elif kind != "space":
            yield Token(kind, word, place)
        place = match.end()
    yield Token("end", "", len(text))


def _require_short(word: str, text: str, place: int) -> None:
    digits, _, exponent = word.lower().partition("e")
    if len(digits) > MAX_DIGITS or abs(int(exponent[:9] or "0")) > MAX_EXPONENT:
        limit = f"at most {MAX_DIGITS} digits, and powers of ten up to {MAX_EXPONENT}"
        raise refusal(f"a number has {limit}", text, place)
