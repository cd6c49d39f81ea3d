"""`chainrule predict`: columns, rules, formats, files; on small models trained once."""

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import SECONDS, called, run, started

from chainrule import load

ROWS = [(f"r{k:02}", k / 7, ["red", "blue"][k % 2], ["no", "yes"][k % 3 > 0]) for k in range(30)]
HEADER = "size,colour,fits"


def table(rows: Any = ROWS, order: str = "size,colour,fits") -> str:
    """The rows as a file with these columns, in this order."""
    named = [dict(zip(("name", "size", "colour", "fits"), row, strict=True)) for row in rows]
    lines = [",".join(str(row[name]) for name in order.split(",")) for row in named]
    return "\n".join([order, *lines]) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of the rows: one that refuses what training had not, and one that takes all."""
    folder = tmp_path_factory.mktemp("predict")
    (folder / "t.csv").write_text(table(), encoding="utf-8")
    quick = ("--epochs", 30, "--hidden", "3", "--split", 0.3)
    for name, options in {
        "strict.chain": (),
        "mild.chain": ("--missing", "mean", "--unseen", "ignore"),
        "drop.chain": ("--missing", "drop"),
    }.items():
        trained = called("train", "t.csv", "-o", name, *quick, *options, cwd=folder)
        assert trained.returncode == 0, trained.stderr
    return folder


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def expected(folder: Path) -> list[str]:
    model = load(folder / "strict.chain")
    return list(model.predict([[size, colour] for _, size, colour, _ in ROWS]))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("size,colour,fits", ""),
        ("size,colour", ""),
        ("fits,colour,size", "another order than the training; they are taken by name"),
        ("name,size,colour", "1 column that the model was not trained on is not used: name"),
    ],
)
def test_columns_are_found_by_name(
    order: str, said: str, folder: Path, expected: list[str]
) -> None:
    result = called("predict", "strict.chain", "-", cwd=folder, stdin=table(order=order))
    assert [row["fits"] for row in rows_of(result.stdout)] == expected
    assert said in result.stderr
    assert bool(result.stderr) == bool(said)


def test_without_a_header_columns_are_taken_by_place(folder: Path, expected: list[str]) -> None:
    for order in ("size,colour", "size,colour,fits"):
        text = table(order=order).partition("\n")[2]
        result = called("predict", "strict.chain", "-", "--no-header", cwd=folder, stdin=text)
        assert [row["fits"] for row in rows_of(result.stdout)] == expected
        assert "has no header: size, colour are taken in this order" in result.stderr
    text = table(order="name,size,colour").partition("\n")[2]
    options = ("--no-header", "--id", "0")
    result = called("predict", "strict.chain", "-", *options, cwd=folder, stdin=text)
    found = rows_of(result.stdout)
    assert [row["fits"] for row in found] == expected
    assert [row["column 0"] for row in found] == [row[0] for row in ROWS]


def test_columns_are_passed_through_in_the_order_of_the_rows(folder: Path) -> None:
    rows = ROWS[::-1]
    text = table(rows, "colour,name,size")
    options = ("--id", "name", "--id", "size", "--probabilities")
    for form in ("csv", "json", "jsonl"):
        result = called(
            "predict", "strict.chain", "-", *options, "--format", form, cwd=folder, stdin=text
        )
        if form == "csv":
            found = rows_of(result.stdout)
            assert list(found[0]) == ["name", "size", "fits", "p(no)", "p(yes)"]
            names, sizes = [row["name"] for row in found], [row["size"] for row in found]
            shares = [float(row["p(yes)"]) for row in found]
        elif form == "json":
            record = json.loads(result.stdout)
            names, sizes = record["ids"]["name"], record["ids"]["size"]
            shares = [row[1] for row in record["probabilities"]]
        else:
            objects = [json.loads(line) for line in result.stdout.splitlines()]
            names, sizes = ([one["id"][key] for one in objects] for key in ("name", "size"))
            shares = [one["probabilities"]["yes"] for one in objects]
            assert objects[0]["prediction"] in ("no", "yes")
        assert names == [row[0] for row in rows]
        assert sizes == [str(row[1]) for row in rows]
        model = load(folder / "strict.chain")
        wanted = model.probabilities([[size, colour] for _, size, colour, _ in rows])[:, 1]
        np.testing.assert_allclose(shares, wanted, rtol=1e-12)


def test_a_cell_without_a_value_follows_the_training(folder: Path) -> None:
    text = "size,colour\n1,red\n,blue\n2,red\n"
    refused = called("predict", "strict.chain", "-", cwd=folder, stdin=text)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "line 3, column 'size' is empty, and the training had no such cell" in refused.stderr
    filled = called("predict", "mild.chain", "-", cwd=folder, stdin=text)
    assert len(rows_of(filled.stdout)) == 3
    assert "in 1 row are filled in with the mean of the training rows" in filled.stderr
    for model, options in (("drop.chain", ()), ("strict.chain", ("--missing", "drop"))):
        left = called("predict", model, "-", *options, cwd=folder, stdin=text)
        lines = left.stdout.splitlines()
        assert [line == '""' for line in lines] == [False, False, True, False]
        assert "1 row with a cell without a value got no prediction" in left.stderr


def test_an_unknown_category_follows_the_training(folder: Path) -> None:
    text = "size,colour\n1,red\n2,green\n"
    refused = called("predict", "strict.chain", "-", cwd=folder, stdin=text)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "line 3, column 'colour': 'green' is none of the values seen" in refused.stderr
    taken = called("predict", "mild.chain", "-", cwd=folder, stdin=text)
    assert len(rows_of(taken.stdout)) == 2
    assert "categories that no training row had are without effect in 1 row." in taken.stderr
    by_option = called("predict", "strict.chain", "-", "--unseen", "ignore", cwd=folder, stdin=text)
    assert len(rows_of(by_option.stdout)) == 2
    wrong = called("predict", "strict.chain", "-", "--unseen", "skip", cwd=folder, stdin=text)
    assert "`--unseen` must be one of error, ignore; got 'skip'" in wrong.stderr


def test_the_score_is_said_beside_the_result(folder: Path, expected: list[str]) -> None:
    right = np.mean([row[3] == label for row, label in zip(ROWS, expected, strict=True)])
    plain = called("predict", "strict.chain", "t.csv", cwd=folder)
    scored = called("predict", "strict.chain", "t.csv", "--score", cwd=folder)
    assert scored.stdout == plain.stdout
    assert f"accuracy {100 * right:.1f} % on 30 rows of the target 'fits'" in scored.stderr
    text = table(order="size,colour")
    without = called("predict", "strict.chain", "-", "--score", cwd=folder, stdin=text)
    assert without.returncode == 2
    assert "`--score` needs the target 'fits', which `standard input` lacks" in without.stderr


def test_a_file_is_written_whole_or_not_at_all(folder: Path, tmp_path: Path) -> None:
    (file := tmp_path / "p.csv").write_text("the old one", encoding="utf-8")
    many = table([("n", k / 7, "red", "no") for k in range(40_000)], "size,colour")
    refused = called(
        "predict", "strict.chain", "-", "-o", file, cwd=folder, stdin=many + "7,green\n"
    )
    assert refused.returncode == 2
    assert "line 40002, column 'colour': 'green' is none" in refused.stderr
    assert file.read_text(encoding="utf-8") == "the old one"
    assert list(tmp_path.iterdir()) == [file]
    written = called("predict", "strict.chain", "-", "-o", file, cwd=folder, stdin=many)
    assert (written.returncode, written.stdout) == (0, "")
    assert "40000 predictions are in " in written.stderr
    assert file.read_text().count("\n") == 40_001
    for name in ("strict.chain", "t.csv"):
        refused = called("predict", "strict.chain", "t.csv", "-o", name, cwd=folder)
        assert f"`--output` {name} would replace what is read" in refused.stderr


def test_what_was_predicted_before_a_mistake_is_said(folder: Path) -> None:
    many = table([("n", k / 7, "red", "no") for k in range(40_000)], "size,colour") + "7,green\n"
    result = called("predict", "strict.chain", "-", cwd=folder, stdin=many)
    assert result.returncode == 2
    lines = result.stdout.count("\n") - 1
    assert 0 < lines < 40_001
    assert f"The predictions of the {lines} rows before are on standard output." in result.stderr


def test_a_closed_pipe_ends_it_quietly(folder: Path) -> None:
    many = table([("n", k / 7, "red", "no") for k in range(60_000)], "size,colour")
    (folder / "many.csv").write_text(many, encoding="utf-8")
    command = [sys.executable, "-m", "chainrule", "predict", "strict.chain", "many.csv"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(command, cwd=folder, **pipes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"fits\n"
        process.stdout.close()
        assert process.wait(60) == -signal.SIGPIPE
        assert process.stderr.read() == b""


def test_scikit_learn_is_not_loaded(folder: Path) -> None:
    code = (
        "import sys; sys.argv = ['chainrule', 'predict', 'strict.chain', 't.csv']\n"
        "from chainrule.cli import main\n"
        "try:\n    main()\nfinally:\n    print({'sklearn', 'numba'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert result.stdout.endswith("set()\n"), result.stderr


def test_labels_are_written_as_utf_8_whatever_the_terminal(tmp_path: Path) -> None:
    rows = [f"{k},{'größe' if k % 2 else '小'}" for k in range(20)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *rows]), encoding="utf-8")
    called("train", "t.csv", "-o", "m.chain", "--epochs", 2, "--split", 0.3, cwd=tmp_path)
    result = run("predict", "m.chain", "t.csv", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert {"größe", "小"} >= set(result.stdout.splitlines()[1:])
    assert "?" not in result.stdout


def test_numbers_of_another_spelling_are_answered_with_the_option(folder: Path) -> None:
    (folder / "comma.csv").write_text("size;colour\n1,5;red\n2,25;blue\n")
    result = called("predict", "strict.chain", "comma.csv", cwd=folder)
    assert result.returncode == 2
    assert "'1,5' is not a number" in result.stderr
    assert result.stderr.endswith("say `--decimal ,` if it is one.\n")
    told = called("predict", "strict.chain", "comma.csv", "--decimal", ",", cwd=folder)
    assert told.returncode == 0
    (folder / "stray.csv").write_text("size;colour\n1,5;red\n2.25;blue\n3.5;red\n")
    result = called("predict", "strict.chain", "stray.csv", cwd=folder)
    assert result.stderr.endswith("; correct it.\n")


def test_a_first_row_of_the_models_names_is_a_header_above_text(folder: Path) -> None:
    """Two rows of words show nothing by themselves; nor does a column without a value."""
    words = [f"{'ab'[k % 2]},{'xy'[k % 3 > 1]},{'no' if k % 2 else 'yes'}" for k in range(30)]
    (folder / "words.csv").write_text("\n".join(["one,two,fits", *words]))
    trained = ("train", "words.csv", "--header", "--epochs", 3, "--unseen", "ignore", "--folds", 2)
    assert called(*trained, "-o", "words.chain", cwd=folder).returncode == 0
    (folder / "new.csv").write_text("two,one\nx,a\ny,b\n")
    result = called("predict", "words.chain", "new.csv", cwd=folder)
    assert len(rows_of(result.stdout)) == 2
    assert "another order than the training; they are taken by name" in result.stderr
    (folder / "none.csv").write_text("colour,size\nred,\n")
    result = called("predict", "mild.chain", "none.csv", cwd=folder)
    assert (result.returncode, len(rows_of(result.stdout))) == (0, 1), result.stderr


def test_standard_output_may_be_closed(folder: Path) -> None:
    command = ["bash", "-c", 'exec "$@" >&-', "bash", sys.executable, "-m", "chainrule"]
    result = subprocess.run(
        [*command, "predict", "strict.chain", "t.csv"],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_a_word_that_meant_missing_in_training_does_so_in_predict(folder: Path) -> None:
    """As a number, -999 would be a size, and predicted from without a word."""
    holes = [
        (name, -999 if not k % 7 else size, *rest) for k, (name, size, *rest) in enumerate(ROWS)
    ]
    (folder / "holes.csv").write_text(table(holes), encoding="utf-8")
    options = ("--na", "-999", "--na", "?", "--missing", "mean", "--epochs", 3, "--split", 0.3)
    assert called("train", "holes.csv", "-o", "holes.chain", *options, cwd=folder).returncode == 0
    once = called("predict", "holes.chain", "holes.csv", "--probabilities", cwd=folder)
    said = called(
        "predict", "holes.chain", "holes.csv", "--probabilities", "--na", "-999", cwd=folder
    )
    assert "cells without a value in 5 rows are filled in" in once.stderr
    assert once.stdout == said.stdout
    model, rows = load(folder / "holes.chain"), [[row[1], row[2]] for row in holes]
    shares = [float(row["p(yes)"]) for row in rows_of(once.stdout)]
    np.testing.assert_array_equal(model.probabilities(rows)[:, 1], shares)
    assert model.spelling.missing_words == ("-999", "?")
