import pytest

from chainrule.errors import InputError
from chainrule.headers import column_names, looks_like_header


def test_names_stand_above_numbers() -> None:
    assert looks_like_header([["a", "b"], ["1", "x"]])
    assert looks_like_header([["a", "b"], ["1,5", "x"]])
    assert not looks_like_header([["1", "b"], ["1", "x"]])
    assert not looks_like_header([["1,5", "b"], ["1", "x"]])
    assert not looks_like_header([["a", "b"], ["a", "c"], ["d", "c"]])


def test_a_column_without_a_name_has_its_index() -> None:
    assert column_names(["a", "", "b"], "t.csv") == ("a", "column 1", "b")
    with pytest.raises(InputError, match=r"`t.csv` has 2 columns of the name 'a'; rename them\.$"):
        column_names(["a", "b", "a"], "t.csv")


def test_known_names_are_a_header_whatever_is_below() -> None:
    rows = [["a", "b"], ["c", "d"]]
    assert not looks_like_header(rows)
    assert looks_like_header(rows, ["b", "a"])
    assert looks_like_header(rows, ["B", "a"])
    assert looks_like_header([["0", "1"], ["5", "6"]], ["1", "0"])
    assert not looks_like_header([["0", "1"], ["5", "6"]], ["0", "2"])
