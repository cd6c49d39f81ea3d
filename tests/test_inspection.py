"""What `chainrule inspect` says of a model's file."""

import json
from pathlib import Path

import pytest
from commands import called, run

from chainrule import MLPRegressor, load, save
from chainrule.archive import read
from chainrule.inspection import inspect
from chainrule.render.model_text import model_text


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained on numbers and text, with a missing cell."""
    folder = tmp_path_factory.mktemp("inspect")
    rows = [f"{k / 7},{['red', 'blue'][k % 2]},{'yes' if k % 3 else 'no'}" for k in range(30)]
    rows[4] = f",blue,{rows[4].split(',')[2]}"
    (folder / "t.csv").write_text("\n".join(["size,colour,fits", *rows]), encoding="utf-8")
    options = ("--missing", "mean", "--epochs", 4, "--hidden", "3", "--folds", 2, "--keep-rows", 5)
    trained = called(
        "train", "t.csv", "-o", "m.chain", "--activation", "x*tanh(x)", *options, cwd=folder
    )
    assert trained.returncode == 0, trained.stderr
    return folder / "m.chain"


def test_it_says_what_the_file_is(model: Path) -> None:
    text = called("inspect", "m.chain", cwd=model.parent).stdout
    lines = text.splitlines()
    assert lines[0] == "m.chain: a model, 2 columns"
    assert lines[2] == "Network 3-3-1: 2 layers, 16 parameters (float64, 128 bytes)"
    assert max(map(len, lines)) <= 80
    rule = "a cell without a value is filled in with the training's mean; an unknown category is"
    assert f"in predict {rule} refused" in " ".join(text.split())
    assert "\x1b" not in text
    assert not any(line != line.rstrip() for line in lines)
    for said in (
        "x*tanh(x)",
        "colour  text, 2 inputs: blue, red",
        "size    number, (x − ",
        "fits        2 classes: no, yes",
        "accuracy, 2 folds  ",
        "t.csv: 30 rows, 2 columns",
        "4 epochs, loss ",
        "kept rows    5",
        "MLPClassifier(activation='x*tanh(x)', alpha=0.01,",
        "schema      chainrule.model/2",
        f"SHA-256     {read(model)[1]['sha256']}",
        f"its SHA-256  {inspect(model).origin['sha256']}",  # type: ignore[index]
        "written by  chainrule ",
    ):
        assert said in text, said


def test_its_json_has_a_schema(model: Path) -> None:
    record = json.loads(called("inspect", model, "--format", "json").stdout)
    assert record["schema"] == "chainrule.inspect/1"
    assert record["network"]["parameters"] == 16
    assert [column["name"] for column in record["columns"]] == ["size", "colour"]
    assert record["columns"][1]["categories"] == ["blue", "red"]
    assert record["classes"] == ["no", "yes"]
    assert record["origin"]["training"]["hidden"] == [3]
    assert (record["missing"], record["unseen"]) == ("mean", "error")
    assert len(record["origin"]["scores"]) == 2
    assert record["settings"]["activation"] == "x*tanh(x)"
    assert set(record["versions"]) == {"chainrule", "python", "numpy", "scikit-learn"}


def test_a_model_that_is_saved_again_says_the_same(model: Path, tmp_path: Path) -> None:
    save(load(model), tmp_path / "m.chain")
    assert (tmp_path / "m.chain").read_bytes() == model.read_bytes()


def test_a_damaged_file_prints_nothing(model: Path, tmp_path: Path) -> None:
    (tmp_path / "m.chain").write_bytes(model.read_bytes()[:-1])
    result = run("inspect", "m.chain", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "chainrule: `m.chain` is damaged: its content does not match its digest. Restore it from "
        "a copy, or train again.\n"
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_an_estimator_of_many_columns_is_shown_in_part(tmp_path: Path) -> None:
    rows = [[float(j * k % 7) for k in range(30)] for j in range(12)]
    estimator = MLPRegressor(hidden_layer_sizes=(), max_iter=2, dropout=0.0, random_state=0)
    save(estimator.fit(rows, [float(j) for j in range(12)]), tmp_path / "m.chain")
    text = model_text(inspect(tmp_path / "m.chain"))
    assert "m.chain: a fitted MLPRegressor, 30 columns" in text.replace("\n", "")
    assert "column 19  number, not scaled; missing: 0" in text
    assert "10 more; `--format json` has them all" in text
    assert "a quantity, not scaled" in text
    assert "Scores" not in text
