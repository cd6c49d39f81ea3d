from pathlib import Path

import numpy as np
import pytest

from chainrule import archive
from chainrule.errors import InputError


def test_what_is_written_is_read(tmp_path: Path) -> None:
    arrays = {"W1": np.arange(6.0).reshape(2, 3).T, "rows": np.ones(2, dtype=np.float32)}
    archive.write(tmp_path / "a", arrays, {"schema": archive.SCHEMA, "seed": np.int64(3)})
    found, description = archive.read(tmp_path / "a")
    assert {name: array.tolist() for name, array in found.items()} == {
        name: array.tolist() for name, array in arrays.items()
    }
    assert found["rows"].dtype == np.float32
    assert (description["schema"], description["seed"]) == (archive.SCHEMA, 3)


def test_what_is_damaged_is_refused(tmp_path: Path) -> None:
    """`test_modelfile` damages every part of a model's file."""
    archive.write(tmp_path / "a", {"W1": np.zeros(4)}, {"schema": archive.SCHEMA})
    data = bytearray((tmp_path / "a").read_bytes())
    data[-1] ^= 1
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(InputError, match="is damaged"):
        archive.read(tmp_path / "a")
