from pathlib import Path

from chainrule.checkpoint_file import Kept, write_checkpoint
from chainrule.checkpoint_mark import is_checkpoint


def test_a_checkpoint_is_known_by_how_it_begins(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "c", Kept({}, {}, "over", ""))
    (tmp_path / "other").write_bytes(b"a,b\n1,2\n")
    assert is_checkpoint(tmp_path / "c")
    assert not is_checkpoint(tmp_path / "other")
