import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import called
from pages import Page
from sklearn.metrics import (
    confusion_matrix,
    mean_absolute_error,
    precision_recall_fscore_support,
    r2_score,
    root_mean_squared_error,
)

from chainrule.datasets import iris
from chainrule.evaluation import folds
from chainrule.model import train_models
from chainrule.preparation import Options, Prepared, prepare
from chainrule.reading import read_table
from chainrule.recipes import STANDARD
from chainrule.render.chart import Frame, Line, line_chart, point_chart, thinned

EVIL = '<script>alert("x")</script>'


def page_of(folder: Path, *arguments: object, status: int = 0) -> Page:
    result = called("train", *arguments, "--report", "report.html", cwd=folder)
    assert result.returncode == status, result.stderr
    html = (folder / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert page.unclosed == []
    assert "script" not in page.tags
    assert "NaN" not in html
    assert not re.search(r"[ =\"(]nan\b|=\"inf", html)
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/)", html)
    assert len(html) < 1e6
    return page


def written(folder: Path, names: list[str], rows: list[list[Any]]) -> None:
    lines = [",".join(map(str, row)) for row in [names, *rows]]
    (folder / "data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def predicted(prepared: Prepared, n_folds: int, epochs: int) -> list[tuple[Any, Any]]:
    """Each fold's targets and predictions, computed anew."""
    pairs = []
    recipe = STANDARD.changed(epochs=epochs)
    for train, test in folds(prepared.y, prepared.target, n_folds, 0):
        rows = np.random.RandomState(0).permutation(train)
        part = (prepared.encoded[rows], prepared.y[rows])
        ((model, _),) = train_models(prepared.features, prepared.target, [part], recipe, 0)
        pairs.append((prepared.y[test], model.predict_encoded(prepared.encoded[test])))
    return pairs


def test_the_numbers_of_classes_are_scikit_learns(tmp_path: Path) -> None:
    page = page_of(tmp_path, "--folds", 3, "--epochs", 8)
    pairs = predicted(prepare(iris(), Options(folds=3)), 3, 8)
    truth, said = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    classes = ["setosa", "versicolor", "virginica"]
    matrix = page.table("actual ↓ predicted →", *classes)
    for name, counts in zip(classes, confusion_matrix(truth, said, labels=classes), strict=True):
        *cells, total = matrix[name]
        assert [cell.split(" ")[0] for cell in cells] == [str(n or "·") for n in counts]
        shares = [100 * n / counts.sum() for n in counts if n]
        shown = [float(cell.split(" ")[1]) for cell in cells if "%" in cell]
        assert shown == pytest.approx(shares, abs=0.51)
        assert total == str(counts.sum())
    scores = page.table("class", "precision", "recall", "F1", "rows")
    each = precision_recall_fscore_support(truth, said, labels=classes)
    for name, p, r, f, n in zip(classes, *each, strict=True):
        assert scores[name] == [f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", f"{n}"]
    for kind in ("macro", "weighted"):
        means = precision_recall_fscore_support(truth, said, labels=classes, average=kind)[:3]
        assert scores[f"{kind} mean"][:3] == [f"{mean:.3f}" for mean in means]
    accuracy = np.mean([(y == p).mean() for y, p in pairs])
    assert f"{100 * accuracy:.1f}\u00a0% accuracy on rows not seen" in page.text
    assert "baseline 33.3\u00a0%" in page.text


def test_the_numbers_of_a_quantity_are_scikit_learns(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 2)).round(3)
    rows = [[a, b, round(50 + 10 * a - 4 * b * b, 3)] for a, b in X.tolist()]
    written(tmp_path, ["a", "b", "y"], rows)
    page = page_of(tmp_path, "data.csv", "--folds", 2, "--epochs", 20)
    prepared = prepare(read_table(str(tmp_path / "data.csv")), Options(folds=2))
    table = page.table("fold", "trained on", "held out", "R²", "MAE", "RMSE")
    for number, (y, said) in enumerate(predicted(prepared, 2, 20), start=1):
        r2, mae, rmse = (
            score(y, said) for score in (r2_score, mean_absolute_error, root_mean_squared_error)
        )
        wanted = [f"{r2:.3f}".replace("-", "−"), f"{mae:.4g}", f"{rmse:.4g}"]
        assert table[str(number)] == ["40", "40", *wanted]
    assert page.tags.count("circle") > 2 * 80
    a = page.table("column", "kind", "values", "missing")["a"]
    assert f"mean {np.mean(X[:, 0]):.4g}".replace("-", "−") in a[1]


def test_what_the_data_say_is_never_markup(tmp_path: Path) -> None:
    evil = EVIL.replace('"', "'")
    rows = [
        [n, n % 5, ["red", f"<i>{n % 2}</i>"][n % 2], [evil, "a&b"][n % 5 > 2]] for n in range(40)
    ]
    written(tmp_path, [f"{evil}1", "b<2", "colour", f"{evil}y"], rows)
    (tmp_path / "data.csv").rename(tmp_path / "<b>&'.csv")
    page = page_of(tmp_path, "<b>&'.csv", "--epochs", 3, "-o", "$(x) y.chain", "--keep-rows", 3)
    assert "b" not in page.tags or "<b>&'.csv" in page.text
    assert page.text.count(evil) > 6
    assert "<i>1</i>" in page.text
    again = """chainrule train '<b>&'"'"'.csv' --epochs 3 -o '$(x) y.chain' --keep-rows 3"""
    assert f"{again} --report report.html --seed 0" in page.text
    assert "chainrule predict '$(x) y.chain' DATA.csv" in page.text
    assert "chainrule explain '$(x) y.chain'" in page.text


@pytest.mark.parametrize(("n_classes", "matrix"), [(2, True), (20, True), (50, True), (60, False)])
def test_many_classes_are_shown_as_they_can_be_read(
    tmp_path: Path, n_classes: int, matrix: bool
) -> None:
    rng = np.random.default_rng(0)
    rows = [
        [*rng.normal(place % 4, 1, 2).round(2), f"class {place}"]
        for place in range(n_classes)
        for _ in range(4)
    ]
    written(tmp_path, ["a", "b", "kind"], rows)
    page = page_of(tmp_path, "data.csv", "--epochs", 2, "--folds", 2)
    assert ("actual ↓ predicted →" in page.text) is matrix
    listed = f"The largest confusions of {n_classes} classes" in page.text
    assert listed is not matrix
    classes = page.table("class", "precision", "recall", "F1", "rows")
    assert len(classes) == min(n_classes, 50) + 2


@pytest.mark.parametrize(
    "options",
    [
        ("--epochs", 1),
        ("--split", 0.2, "--epochs", 2),
        ("--solver", "lbfgs", "--epochs", 5),
        ("--scale", "none", "--hidden", 0, "--epochs", 2),
        ("--hidden", "3,3,3,3,3,3,3,3,3,3", "--activation", "logistic", "--epochs", 2),
        ("--classic", "--epochs", 2),
    ],
)
def test_every_kind_of_training_has_its_page(tmp_path: Path, options: tuple[object, ...]) -> None:
    page = page_of(tmp_path, *options)
    for heading in ("How it learned", "Where it is wrong", "How the gradient flows", "Settings"):
        assert heading in page.text


def test_one_column_and_one_fold_of_a_quantity(tmp_path: Path) -> None:
    written(tmp_path, ["x", "y"], [[x, round(x * 1.5 + x % 3, 2)] for x in range(30)])
    page = page_of(tmp_path, "data.csv", "--split", 0.2, "--epochs", 1)
    assert "30 rows, 1 column and the target." in page.text
    assert "one split, 6 rows held out" in page.text


def test_a_training_that_diverges_has_a_page_of_what_was_seen(tmp_path: Path) -> None:
    written(tmp_path, ["x", "y"], [[x, x * 1.5] for x in range(40)])
    steep = ("--solver", "sgd", "--activation", "identity", "--learning-rate")
    page = page_of(tmp_path, "data.csv", *steep, 1.2, status=1)
    assert "diverged" in page.text
    assert "there is no score" in page.text
    assert "Then the training ran away" in page.text
    assert "nothing explodes" not in page.text
    assert "Where it is wrong" not in page.text
    written(tmp_path, ["x", "y"], [[x, round(np.sin(x / 5), 4)] for x in range(60)])
    page = page_of(tmp_path, "data.csv", *steep, 1e4, status=1)
    assert "No epoch ended." in page.text


def test_a_training_that_does_not_move_is_diagnosed_on_its_page(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [[*rng.normal(k % 2, 0.3, size=3).round(3), "ab"[k % 2]] for k in range(40)]
    written(tmp_path, ["a", "b", "c", "y"], rows)
    page = page_of(tmp_path, "data.csv", "--epochs", 2, "--learning-rate", 1e-9, "--folds", 2)
    assert "Why training does not move" in page.text
    assert "step-too-small" in page.text
    assert "--learning-rate 0." in page.text


def test_of_a_large_table_it_is_said_what_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.observation.MOST_ROWS", 50)
    monkeypatch.setattr("chainrule.observation.MOST_EPOCHS", 3)
    page = page_of(tmp_path, "--epochs", 9, "--folds", 2)
    assert "at most 50 rows a training, spread evenly" in page.text
    assert "The curves are those of 4 of the 9 epochs." in page.text


def test_long_lines_are_thinned_and_keep_their_peaks() -> None:
    points = [(float(k), 1000.0 if k == 5321 else float(k % 7)) for k in range(10_000)]
    kept = thinned(points)
    assert len(kept) < 500
    assert (5321.0, 1000.0) in kept
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    assert len(line_chart(Frame("t", "d", "x", "y"), [Line("a", "b", points)])) < 10_000


def test_charts_pass_over_what_is_no_number() -> None:
    frame = Frame("t <", "d", "x", "y &")
    inf, nan = float("inf"), float("nan")
    chart = line_chart(frame, [Line("<", "k", [(1, 1.0), (2, nan), (3, inf), (4, 0.0), (5, 2.0)])])
    assert "nan" not in chart
    assert "inf" not in chart
    assert chart.count("M") >= 2
    assert "y &amp;" in chart
    assert "<title>t &lt;</title>" in chart
    assert "nan" not in point_chart(frame, [(nan, 1.0), (1.0, 2.0)])
    assert "<svg" in line_chart(frame, [])
