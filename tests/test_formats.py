from chainrule.formats import DELIMITERS, FOUND, TableFormat


def test_what_is_not_said_is_to_be_found() -> None:
    assert TableFormat(delimiter=None, header=None) == FOUND
    assert [name for name, character in DELIMITERS.items() if character is None] == ["whitespace"]
