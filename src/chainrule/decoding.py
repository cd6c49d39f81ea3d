"""Bytes to text: the encoding by its mark or as it is told, never guessed; the text by lines.

Text is handed on as UTF-8, in blocks of whole lines.
"""

import codecs
from collections.abc import Iterator
from itertools import chain

from .errors import InputError
from .formats import TableFormat

HEAD = 2**17  # bytes of text that are handed on first, if so many
LINES = 30  # are in them: by them the file is judged
BLOCK = 2**23  # bytes that are handed on at once after them
LONGEST_LINE = 2**26  # bytes; what goes on for longer is no line of a table

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
"""How a text begins that says its encoding; longer marks are not in use for tables."""


def text_blocks(pieces: Iterator[bytes], written: TableFormat, source: str) -> Iterator[bytes]:
    """Yield the text as UTF-8 without a mark, in blocks that end with a line.

    Raises:
        InputError: for bytes that are no text in this encoding, with line and place.
    """
    first = next(pieces, b"")
    while len(first) < 4 and (more := next(pieces, b"")):
        first += more
    mark = next((mark for mark in MARKS if first.startswith(mark)), b"")
    encoding = _encoding(written.encoding) or MARKS.get(mark, "utf-8")
    if mark == codecs.BOM_UTF8 and encoding == "utf-8":
        first = first.removeprefix(mark)
    line = 1
    head = HEAD if first.count(b"\n", 0, HEAD) >= LINES else len(first)
    parts = filter(None, chain([first[:head], first[head:]], pieces))
    for block in _whole_lines(_as_utf8(parts, encoding, source), source):
        if not block.isascii() or b"\0" in block:
            _require_text(block, line, source)
        yield block
        line += _count_lines(block)


def _encoding(asked: str | None) -> str | None:
    """Return the name of an encoding that is asked for, as Python calls it."""
    if asked is None:
        return None
    try:
        "".encode(asked)
        return codecs.lookup(asked).name
    except (LookupError, ValueError):
        raise InputError(
            "`--encoding` must be the name of an encoding, such as utf-8, latin-1, cp1252 or "
            f"utf-16; got {asked!r}."
        ) from None


def _as_utf8(pieces: Iterator[bytes], encoding: str, source: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield from pieces
        return
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    for piece, final in chain(((piece, False) for piece in pieces), [(b"", True)]):
        try:
            text = decoder.decode(piece, final)
            text.encode()
        except UnicodeError as error:
            raise InputError(
                f"`{source}`, below line {line}, is not {encoding} text ({error.reason}); name its "
                "encoding with `--encoding`."
                if isinstance(error, UnicodeDecodeError | UnicodeEncodeError)
                else f"`{source}` is not {encoding} text; name its encoding with `--encoding`."
            ) from None
        line += text.count("\n")
        yield text.encode()


def _whole_lines(pieces: Iterator[bytes], source: str) -> Iterator[bytes]:
    """Put pieces together to blocks that end with a line."""
    held: list[bytes] = []
    size, wanted = 0, HEAD
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size < wanted or (size <= LONGEST_LINE and not (b"\n" in piece or b"\r" in piece)):
            continue
        text = b"".join(held)
        # a \r at the very end may be half of \r\n
        end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1
        if end:
            yield text[:end]
            wanted = BLOCK
        elif size > LONGEST_LINE:
            raise InputError(f"`{source}` has a line of more than {LONGEST_LINE:,} bytes.")
        held = [text[end:]]
        size = len(held[0])
    if rest := b"".join(held):
        yield rest


def _require_text(block: bytes, line: int, source: str) -> None:
    """Refuse bytes that are not UTF-8, and NUL, with their place."""
    try:
        block.decode()
        start, why = block.find(0), ""
        if start < 0:
            return
        why = "which no text has: the file is damaged, or in UTF-16 (`--encoding utf-16-le`)"
    except UnicodeDecodeError as error:
        start, letter = error.start, block[error.start : error.start + 1].decode("latin-1")
        why = "which is no UTF-8 text"
        if b"\0" in block:
            why += "; there are NUL bytes as in UTF-16: if it is that, say `--encoding utf-16-le`"
        elif letter.isprintable():
            why += f"; in Latin-1 it is {letter!r}: if that is meant, say `--encoding latin-1`"
    before = block[:start].decode(errors="replace")
    last = before.splitlines()[-1] if before and before[-1] not in "\r\n" else ""
    raise InputError(
        f"`{source}`, line {line + _count_lines(block[:start])}, character {len(last) + 1}: byte "
        f"0x{block[start]:02x}, {why}. Save it as UTF-8 otherwise."
    )


def _count_lines(block: bytes) -> int:
    if b"\r" in block:
        return len(block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")) - 1
    return block.count(b"\n")
