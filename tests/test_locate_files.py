"""The names of a program's files, from its folder."""

import pytest

from chainrule.locate.files import beside

SCRIPT = "/home/me/net/train.py"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (SCRIPT, ""),
        ("/home/me/net/layers.py", "layers.py"),
        ("/home/me/net/layers/dense.py", "layers/dense.py"),
        ("/home/me/setup.py", "/home/me/setup.py"),
        ("<call>", "<call>"),
    ],
)
def test_files_are_named_from_the_scripts_folder(file: str, name: str) -> None:
    assert beside(file, SCRIPT) == name
