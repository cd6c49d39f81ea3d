import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.chain import Array
from chainrule.encoding import SCALES, Feature, Scaling, encode, target_values
from chainrule.errors import InputError
from chainrule.formats import TableFormat
from chainrule.kinds import MAX_CATEGORIES, learn_features, learn_target
from chainrule.missing import POLICIES
from chainrule.preparation import Options, prepare
from chainrule.reading import read_table
from chainrule.tables import Table


def columns(**cells: Sequence[object]) -> Table:
    """A table of these columns; its rows begin on line 2."""
    rows = [[str(cell) for cell in row] for row in zip(*cells.values(), strict=True)]
    return Table.of_rows("t.csv", tuple(cells), rows, list(range(2, len(rows) + 2)), True, "comma")


def arrays(gaps: bool) -> st.SearchStrategy[Array]:
    """Rows (2 to 8, 1 to 3); with gaps, some are missing, but never all of a column."""
    number = st.integers(-(10**6), 10**6).map(lambda n: n / 64)
    cell = number | st.just(np.nan) if gaps else number
    return st.integers(1, 3).flatmap(
        lambda width: st.tuples(
            st.lists(number, min_size=width, max_size=width),
            st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=7),
        ).map(lambda rows: np.array([rows[0], *rows[1]]))
    )


@pytest.mark.parametrize("kind", SCALES)
@given(X=arrays(gaps=False))
def test_undo_undoes_apply(kind: str, X: Array) -> None:
    scaling = Scaling.fit(X, kind)
    np.testing.assert_allclose(scaling.undo(scaling.apply(X)), X, rtol=1e-12, atol=1e-9)


@given(arrays(gaps=False))
def test_standard_means_mean_0_and_variance_1(X: Array) -> None:
    scaled = Scaling.fit(X, "standard").apply(X)
    varies = np.ptp(X, axis=0) > 0
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-8)
    np.testing.assert_allclose(scaled.var(axis=0), varies, atol=1e-8)


@given(arrays(gaps=False))
def test_minmax_means_0_to_1(X: Array) -> None:
    scaled = Scaling.fit(X, "minmax").apply(X)
    varies = np.ptp(X, axis=0) > 0
    assert scaled.min(axis=0).tolist() == [0] * X.shape[1]
    assert scaled.max(axis=0).tolist() == varies.tolist()


@pytest.mark.parametrize("kind", SCALES)
@given(X=arrays(gaps=True))
def test_a_gap_is_filled_with_the_mean_of_the_training_rows(kind: str, X: Array) -> None:
    scaling = Scaling.fit(X, kind)
    means = np.nanmean(X, axis=0)
    np.testing.assert_allclose(scaling.fill, means, rtol=1e-12, atol=1e-9)
    filled = np.where(np.isnan(X), means, X)
    np.testing.assert_allclose(scaling.undo(scaling.apply(X)), filled, rtol=1e-12, atol=1e-9)
    other = scaling.apply(np.full((1, X.shape[1]), np.nan))
    np.testing.assert_array_equal(other, [(scaling.fill - scaling.center) / scaling.scale])


@pytest.mark.parametrize("kind", ["standard", "minmax"])
@pytest.mark.parametrize("rows", [3, 7, 1000])
@pytest.mark.parametrize("gap", [False, True])
def test_a_constant_input_keeps_its_size(kind: str, rows: int, gap: bool) -> None:
    """Also where the mean of equal numbers is rounded: 0.1 + 0.1 + 0.1 is not 0.3."""
    X = np.full((rows, 1), 0.1)
    X[0] = np.nan if gap else 0.1
    scaling = Scaling.fit(X, kind)
    assert (scaling.scale.item(), scaling.fill.item()) == (1.0, 0.1)
    assert scaling.apply(X).tolist() == [[0.0]] * rows


def test_a_column_missing_from_all_training_rows_is_0() -> None:
    for kind in SCALES:
        scaling = Scaling.fit(np.full((3, 1), np.nan), kind)
        assert scaling.apply(np.array([[np.nan], [2.0]])).tolist() == [[0.0], [2.0]]


@pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-170, 1e100, 1e200, 1e300])
@pytest.mark.parametrize("kind", ["standard", "minmax"])
def test_scaling_neither_overflows_nor_vanishes(kind: str, size: float) -> None:
    X = np.array([[1.0], [3.0], [5.0]]) * size
    with np.errstate(all="raise", under="ignore"):
        scaled = Scaling.fit(X, kind).apply(X)
    expected = Scaling.fit(X / size, kind).apply(X / size)
    np.testing.assert_allclose(scaled, expected, rtol=0.5 if size < 1e-300 else 1e-12, atol=1e-12)


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(InputError, match=r"`scale` must be one of .* Did you mean 'minmax'\?"):
        Scaling.fit(np.zeros((2, 1)), "minmx")


def test_text_becomes_one_input_a_category_in_order_of_name() -> None:
    table = columns(colour=["red", "blue", "", "Green"], size=[1.5, "?", 3, "1e400"])
    features = learn_features(table, [0, 1])
    assert features == (Feature("colour", ("Green", "blue", "red")), Feature("size", None))
    assert features[0].inputs == ("colour=Green", "colour=blue", "colour=red")
    assert features[1].inputs == ("size",)
    nan = np.nan
    np.testing.assert_array_equal(
        encode(table, features, [0, 1]),
        [[0, 0, 1, 1.5], [0, 1, 0, nan], [nan, nan, nan, 3], [1, 0, 0, nan]],
    )
    np.testing.assert_array_equal(
        encode(columns(size=[2], other=["x"], colour=["blue"]), features, [2, 0]), [[0, 1, 0, 2]]
    )


def test_an_unknown_category_is_refused_with_its_place() -> None:
    features = (Feature("colour", tuple("abcdefghijkl")),)
    with pytest.raises(
        InputError,
        match=r"`t.csv`, line 3, column 'colour': 'z' is none of the values seen in training, "
        r"a, b, .* j, … \(12 in all\)",
    ):
        encode(columns(colour=["a", "z"]), features, [0])
    assert encode(columns(colour=["b", "z"]), features, [0], "ignore").tolist() == [
        [0, 1] + [0] * 10,
        [0] * 12,
    ]
    with pytest.raises(InputError, match="`unseen` must be one of error, ignore; got 'ignroe'"):
        encode(columns(colour=["a"]), features, [0], "ignroe")


def test_a_word_among_numbers_is_refused_with_its_place() -> None:
    table = columns(x=[1, 2, 3], y=[1, "two", 3])
    features = learn_features(table, [0, 1])
    with pytest.raises(InputError, match="line 3, column 'y': 'two' is not a number"):
        encode(table, features, [0, 1])


@pytest.mark.parametrize("cell", ["", "?", "nan", "inf"])
def test_a_column_without_a_value_is_refused(cell: str) -> None:
    table = columns(x=[cell] * 4, y=[cell] * 4)
    with pytest.raises(InputError, match=f"has no value in column 'x': .*{re.escape(repr(cell))}"):
        learn_features(table, [0])
    with pytest.raises(InputError, match=r"has no value in column 'x': .* `--target`\.$"):
        learn_target(table, 0)
    with pytest.raises(InputError, match="has no value in column 'y'"):
        learn_target(table, 1)


def test_text_that_names_rows_is_refused() -> None:
    names = [f"n{i}" for i in range(MAX_CATEGORIES + 1)]
    with pytest.raises(
        InputError,
        match=r"column 'x' holds text with 101 distinct values in 201 rows, such as 'n0'.*Leave",
    ):
        learn_features(columns(x=[*names, *names[:-1]]), [0])
    for cells in (names[:-1], names * 2, [*names, *[""] * 200, *names]):
        (feature,) = learn_features(columns(x=cells), [0])
        assert len(feature.inputs) == len(set(cells) - {""})


@pytest.mark.parametrize("cells", [["1,5", "2,25", "3"], ["1,234", "5", "7,000,001"], ["1 5", "2"]])
def test_numbers_with_separators_are_refused(cells: list[str]) -> None:
    """Else each of them would be a category of its own, in silence."""
    table = columns(x=cells)
    expected = rf"`t.csv`, line 2, column 'x': '{cells[0]}' looks like a number, .* decimal point"
    with pytest.raises(InputError, match=expected):
        learn_features(table, [0])
    with pytest.raises(InputError, match=expected):
        learn_target(table, 0)
    assert learn_target(table, 0, "classification").classes == tuple(sorted(cells))


def test_a_file_with_decimal_commas_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("width;kind\n1,5;a\n2,5;b\n", encoding="utf-8")
    table = read_table(str(file), TableFormat(header=True))
    assert (table.delimiter, table.rows[0]) == ("semicolon", ["1,5", "a"])
    with pytest.raises(InputError, match="line 2, column 'width': '1,5' looks like a number"):
        learn_features(table, [0])


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["b", "a", "B", "a"], ("B", "a", "b")),
        (["10", "2", "2", "10"], (2, 10)),
        (["2.0", "1", "-1", "1", "2", "-1"], (-1, 1, 2)),
        (["00", "01", "01", "00"], ("00", "01")),
        (["1", "01", "10", "1", "01", "10"], ("01", "1", "10")),
        (["0", "1", "0.0", "1", "-0", "1"], (0, 1)),
        (["007", "012", "103"], None),
        (["no", "none", "NA", "no"], ("NA", "no", "none")),
        (["0"] * 20 + ["9007199254740992"] * 20, (0, 2**53)),
        ([str(n) for n in range(20)] * 2, tuple(range(20))),
        ([str(n) for n in range(21)] * 2, None),
        (["1", "2", "3", "1", "2"], None),  # hardly any comes again
        (["0.5", "1", "1", "0.5"], None),
        (["0"] * 20 + ["9007199254740994"] * 20, None),
        (["0", "0", "1e99", "1e99"], None),
    ],
)
def test_the_task_is_found_and_classes_are_sorted(
    cells: list[str], classes: tuple[object, ...] | None
) -> None:
    table = columns(x=[0] * len(cells), y=cells)
    target = learn_target(table, 1)
    assert (target.name, target.place, target.classes) == ("y", 1, classes)
    assert target.task == ("regression" if classes is None else "classification")
    values = target_values(table, 1, target)
    text = classes is not None and isinstance(classes[0], str)
    assert values.tolist() == (cells if text else [float(cell) for cell in cells])
    assert values.dtype.kind == ("f" if classes is None else "U" if text else "i")


def test_a_task_that_is_given_is_kept() -> None:
    table = columns(y=["3", "1", "2", "10"])
    assert learn_target(table, 0).task == "regression"
    assert learn_target(table, 0, "classification").classes == (1, 2, 3, 10)
    table = columns(y=["1", "2", "1", "2"])
    assert learn_target(table, 0).task == "classification"
    assert learn_target(table, 0, "regression").classes is None


@pytest.mark.parametrize(
    ("cells", "task", "message"),
    [
        ([1, 2.5, 2], "classification", r"line 3, column 'y': '2.5' is no class, .*regression`"),
        ([1, 2, 1e17], "classification", r"line 4, .* '1e\+17' is no class, .* up to 2\^53"),
        ([1, "a", "b"], "regression", r"line 3, .* 'a' is text, .*`--task classification`"),
        ([1, 2, "three"], None, r"line 4, column 'y': 'three' is not a number"),
        (["a", "a"], None, r"the target 'y' holds one class only, 'a' .2 rows.; .*`--target`"),
        ([7, 7, 7], None, r"the target 'y' holds one class only, 7 .3 rows.; "),
        ([7, 7, 7], "classification", r"one class only, 7 .3 rows.; "),
    ],
)
def test_a_target_that_does_not_suit_is_refused(
    cells: list[object], task: str | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        learn_target(columns(y=cells), 0, task)


WORD = st.sampled_from(
    ["1", "2", "3.5", "-7e3", "1e99", "1e300", "inf", "nan", "", "?", "a", "b", "x y", "1,5", "é"]
)


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(WORD, min_size=width, max_size=width), min_size=1, max_size=8
        )
    ),
    st.sampled_from(POLICIES),
    st.sampled_from([None, "classification", "regression"]),
)
def test_any_table_is_prepared_or_refused_in_one_sentence(
    rows: list[list[str]], policy: str, task: str | None
) -> None:
    table = columns(**{f"c{index}": cells for index, cells in enumerate(zip(*rows, strict=True))})
    try:
        prepared = prepare(table, Options(missing=policy, task=task))
    except InputError:
        return
    assert len(prepared.encoded) == len(prepared.y)
    assert policy == "mean" or np.isfinite(prepared.encoded).all()
    for kind in SCALES:
        assert np.isfinite(Scaling.fit(prepared.encoded, kind).apply(prepared.encoded)).all()
    assert prepared.target.classes is not None or np.isfinite(prepared.y).all()
