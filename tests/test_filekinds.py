import pytest

from chainrule.filekinds import PICKLE, kind_of


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x80\x04\x95", PICKLE),
        (b"x^2,y\n1,2\n", "text, such as a table"),
        ("größe;ß".encode()[:-1], "text, such as a table"),
        (b" [1, 2]", "JSON"),
        (bytes(50), ""),
        (b"\xff\xfe\x00", ""),
    ],
)
def test_a_beginning_tells_what_a_file_is(data: bytes, kind: str) -> None:
    """`test_modelfile_damage` has a file of each kind, as its program writes it."""
    assert kind_of(data) == kind
