from pathlib import Path

import pytest

from chainrule.errors import InputError
from chainrule.formats import TableFormat
from chainrule.kinds import learn_features
from chainrule.reading import read_blocks, read_table

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def write(folder: Path, **columns: list[object]) -> str:
    path = folder / "t.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    return str(path)


def test_numbers_stay_numbers_and_text_stays_text(tmp_path: Path) -> None:
    path = write(tmp_path, n=[1, 2, None], x=[0.1, float("inf"), 3.0], code=["00501", "7", "7"])
    table = read_table(path)
    assert (table.names, table.delimiter, table.row_name(1)) == (
        ("n", "x", "code"),
        "Parquet",
        "row 2",
    )
    assert list(table.rows) == [["1", "0.1", "00501"], ["2", "inf", "7"], ["", "3.0", "7"]]
    assert table.missing(0).tolist() == [False, False, True]
    assert table.missing(1).tolist() == [False, True, False]
    assert [feature.categories for feature in learn_features(table, [1, 2])] == [
        None,
        ("00501", "7"),
    ]


def test_blocks_and_the_first_rows(tmp_path: Path) -> None:
    path = write(tmp_path, x=[*range(10)])
    assert [len(block) for block in read_blocks(path, TableFormat(), 4)] == [4, 4, 2]
    assert read_table(path, TableFormat(max_rows=3)).numbers(0).tolist() == [0, 1, 2]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"column 'x' holds list.*Take it apart"):
        read_table(write(tmp_path, x=[[1], [2]]))
    with pytest.raises(InputError, match=r"has 1 columns and no rows"):
        read_table(write(tmp_path, x=[]))
    path = Path(write(tmp_path, x=[1, 2]))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"`t.parquet` is a damaged Parquet file: .* again\.$"):
        read_table(str(path))
