import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule import decoding
from chainrule.decoding import text_blocks
from chainrule.errors import InputError
from chainrule.formats import TableFormat

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "HEAD", 3)
    monkeypatch.setattr(decoding, "BLOCK", 7)


def decoded(data: bytes, size: int, encoding: str | None = None) -> list[str]:
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    blocks = text_blocks(iter(parts), TableFormat(encoding=encoding), "t.csv")
    return [block.decode() for block in blocks]


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.integers(1, 9))
def test_text_comes_in_blocks_of_whole_lines(text: str, encoding: str, size: int) -> None:
    blocks = decoded(text.encode(encoding), size)
    assert "".join(blocks) == text
    assert all(block[-1] in "\r\n" for block in blocks[:-1])
    pairs = itertools.pairwise(blocks)
    assert not any(above.endswith("\r") and below.startswith("\n") for above, below in pairs)


def test_latin_1_is_read_when_it_is_asked_for() -> None:
    assert decoded("é\nü".encode("latin-1"), 2, "latin-1") == ["é\n", "ü"]
    with pytest.raises(InputError, match=r"`t.csv`, line 2, character 2: .*`--encoding latin-1`"):
        decoded("a\nbé".encode("latin-1"), 2)
    with pytest.raises(InputError, match=r"`--encoding` must be the name .* got 'latin-11'"):
        decoded(b"a", 1, "latin-11")


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LONGEST_LINE", 20)
    with pytest.raises(InputError, match=r"`t.csv` has a line of more than 20 bytes\.$"):
        decoded(b"1" * 30, 4)
