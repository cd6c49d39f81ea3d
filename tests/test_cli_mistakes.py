"""Every mistake: one sentence, exit status 2, nothing written, no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS, called

ROWS = [f"{i},{i * 1.5},{'ab'[i % 2]}" for i in range(20)]


def table(*changes: tuple[int, str], header: bool = True, rows: list[str] = ROWS) -> str:
    lines = (["x,w,kind"] if header else []) + rows
    for line, text in changes:
        lines[line - 1] = text
    return "\n".join(lines) + "\n"


FILES = {
    "good.csv": table(),
    "empty.csv": "",
    "header.csv": "x,w,kind\n",
    "ragged.csv": table((7, "5,7.5")),
    "letters.csv": table((9, "seven,10.5,b")),
    "hole.csv": table((5, "3,,b")),
    "nan.csv": table((5, "3,nan,b")),
    "inf.csv": table((5, "3,inf,b")),
    "one_class.csv": table(rows=[row[:-1] + "a" for row in ROWS]),
    "rare.csv": table((5, "3,4.5,c"), (6, "3,4.5,c")),
    "real.csv": table(rows=[f"{i},{i},{i * 0.37:.2f}" for i in range(20)]),
    "flat.csv": table(rows=[f"{i},{i},3.5" for i in range(20)]),
    "single.csv": table((5, "3,4.5,c")),
    "years.csv": "2019,2020,kind\n" + table(header=False),
    "doubled.csv": table(header=False).replace(",", "\t\t"),
    "ends.csv": table(rows=[f"{row}," for row in ROWS]).replace("kind", "kind,"),
    "ends_bare.csv": table(rows=[f"{row}," for row in ROWS], header=False),
    "unknown.csv": table(rows=[f"{row[:-1]}?" for row in ROWS]),
    "one_column.csv": "x\n1\n2\n",
    "names.csv": "name,x,y\n" + "".join(f"n{i},{i % 9},{'ab'[i % 2]}\n" for i in range(30_000)),
}

MISTAKES = [
    (["train", "real.csv", "--loss", "log_loss"], ["`--loss` log_loss compares classes", "'kind'"]),
    (["train", "god.csv"], ["`god.csv` does not exist", "Did you mean 'good.csv'"]),
    (["train", "."], ["is a folder", "empty.csv"]),
    (["train", "empty.csv"], ["`empty.csv`", "empty"]),
    (["train", "header.csv"], ["`header.csv` holds a header and no rows"]),
    (["train", "ragged.csv"], ["`ragged.csv`, line 7", "2 cells", "3"]),
    (["train", "letters.csv"], ["line 9", "column 'x'", "'seven'", "not a number"]),
    (["train", "hole.csv"], ["line 5", "column 'w'", "--missing drop", "--missing mean"]),
    (["train", "nan.csv"], ["line 5", "column 'w'", "'nan'", "--missing"]),
    (["train", "inf.csv"], ["line 5", "column 'w'", "'inf'", "--missing"]),
    (["train", "real.csv", "--task", "classification"], ["'kind'", "0.37", "--task regression"]),
    (["train", "good.csv", "--task", "regression"], ["'kind'", "text", "--task classification"]),
    (["train", "one_class.csv"], ["'kind'", "one class only", "'a'"]),
    (["train", "good.csv", "--max-rows", "1"], ["one class only", "(1 row);"]),
    (["train", "rare.csv"], ["class 'c' has 2 rows", "5 folds"]),
    (["train", "single.csv"], ["line 5, column 'kind'", "class 'c' has this row only", "leave"]),
    (["train", "years.csv"], ["line 1", "'kind' has this row only", "say `--header`"]),
    (["train", "doubled.csv"], ["column 'column 1'", "say `--delimiter whitespace`"]),
    (["train", "ends.csv"], ["column 'column 3'", "every line ends in a delimiter (comma)"]),
    (["train", "ends_bare.csv", "--missing", "drop"], ["'column 3'", "ends in a delimiter"]),
    (["train", "ends_bare.csv", "--target", "2"], ["'column 3'", "ends in a delimiter"]),
    (["train", "unknown.csv"], ["no value in column 'kind'", "such as '?'", "`--target`"]),
    (["train", "one_column.csv"], ["one column", "--delimiter"]),
    (["train", "good.csv", "--target", "kin"], ["`--target`", "'kin'", "Did you mean 'kind'"]),
    (["train", "good.csv", "--target", "3"], ["`--target`", "0 to 2", "'3'"]),
    (["train", "good.csv", "--activation", "tahn"], ["`activation`", "Did you mean 'tanh'"]),
    (["train", "good.csv", "--loss", "log_los"], ["`loss`", "'log_los'"]),
    (["train", "good.csv", "--solver", "adma"], ["`solver`", "Did you mean 'adam'"]),
    (["train", "good.csv", "--missing", "dorp"], ["`--missing`", "Did you mean 'drop'"]),
    (["train", "good.csv", "--scale", "minmx"], ["`--scale`", "Did you mean 'minmax'"]),
    (["train", "good.csv", "--hidden", "5,-4"], ["`--hidden`", "'5,-4'"]),
    (["train", "good.csv", "--hidden", "5;4"], ["`--hidden`", "5,4"]),
    (["train", "good.csv", "--hidden", "5 4"], ["`--hidden`", "'5 4'"]),
    (
        ["train", "names.csv"],
        ["column 'name'", "30000 distinct values", "Leave it out: `--leave-out name`"],
    ),
    (["train", "good.csv", "--hidden", "99999999999"], ["2-99999999999-1", "GB", "`--hidden`"]),
    (["train", "good.csv", "--hidden", "9" * 5000], ["`--hidden` must be", "1 to 15 digits"]),
    (["train", "flat.csv"], ["'kind'", "one value only", "'3.5'"]),
    (["train", "good.csv", "--batch-size", "-5"], ["`--batch-size` must be at least 1, got -5."]),
    (["train", "good.csv", "--epochs", "0"], ["`--epochs` must be at least 1, got 0."]),
    (["train", "good.csv", "--epochs", "many"], ["`--epochs` must be a whole number, got 'many'."]),
    (
        ["train", "good.csv", "--learning-rate", "-1"],
        ["`--learning-rate` must be", "greater than 0, got -1."],
    ),
    (["train", "good.csv", "--alpha", "-0.1"], ["--alpha", "at least 0", "-0.1"]),
    (["train", "good.csv", "--alpha", "nan"], ["--alpha", "at least 0", "nan"]),
    (["train", "good.csv", "--alpha", "x"], ["`--alpha` must be a number, got 'x'."]),
    (["train", "good.csv", "--seed", "-1"], ["`--seed` must be at least 0, got -1."]),
    (["train", "good.csv", "--seed", "4294967296"], ["must be at most 4294967295, got 4294967296"]),
    (["train", "good.csv", "--epochs", "9" * 5000], ["`--epochs` must be a whole number of fewer"]),
    (
        ["train", "good.csv", "--format", "jsn"],
        ["`--format` must be one of json, text; got 'jsn'. Did you mean 'json'?"],
    ),
    (["train", "good.csv", "--task", "x"], ["`--task` must be one of classification, regression"]),
    (["predict", "no.chain"], ["Missing argument 'data'"]),
    (["train", "good.csv", "--initializer", "hee"], ["`initializer`", "Did you mean 'he'"]),
    (["train", "good.csv", "--folds", "1"], ["`--folds` must be at least 2, got 1."]),
    (["train", "real.csv", "--folds", "11"], ["`--folds` 11 of 20 rows", "R²", "`--folds 10`"]),
    (["train", "good.csv", "--split", "0.2", "--folds", "3"], ["`--split` and `--folds` exclude"]),
    (
        ["train", "good.csv", "--solver", "lbfgs", "--learning-rate", "0.1"],
        ["`--solver lbfgs` and `--learning-rate` exclude each other"],
    ),
    (
        ["train", "good.csv", "--solver", "lbfgs", "--batch-size", "8"],
        ["`--solver lbfgs` and `--batch-size` exclude each other"],
    ),
    (["train", "good.csv", "--split", "1.5"], ["`--split`", "1.5"]),
    (["train", "good.csv", "--delimiter", "||"], ["`--delimiter`", "'||'"]),
    (["train", "good.csv", "--lerning-rate", "1"], ["--lerning-rate", "--learning-rate"]),
    (["train", "good.csv", "-o", "no/such/m.chain"], ["no/such/m.chain", "does not exist"]),
    (["train", "good.csv", "-o", "."], ["`--output`", "is a folder"]),
    (["trian", "good.csv"], ["'trian'", "'train'"]),
    (["predict", "no.chain", "good.csv"], ["`no.chain` does not exist"]),
    (["predict", "good.csv", "good.csv"], ["`good.csv` is not a chainrule model"]),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES, ids=lambda v: " ".join(v)[:50])
def test_a_mistake_is_one_sentence_and_leaves_nothing(
    arguments: list[str], words: list[str], tmp_path: Path
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    keep = [] if "-o" in arguments or arguments[0] != "train" else ["-o", "kept.chain"]
    result = called(*arguments, *keep, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    sentence = result.stderr.splitlines()[-1]
    assert sentence.startswith("chainrule: ")
    for word in words:
        assert word in sentence
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("policy", ["drop", "mean"])
@pytest.mark.parametrize("name", ["hole.csv", "nan.csv", "inf.csv"])
def test_missing_cells_are_handled_when_told(policy: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    result = called("train", path, "--missing", policy, "--epochs", 2)
    assert result.returncode == 0
    assert "1 cell" in result.stderr
    assert f"{name}: {19 if policy == 'drop' else 20} rows" in result.stdout


def test_a_constant_column_is_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    path.write_text(table(rows=[f"{i},7,{'ab'[i % 2]}" for i in range(20)]), encoding="utf-8")
    result = called("train", path, "--epochs", 2)
    assert result.returncode == 0
    assert "constant, so without information: 'w'" in result.stderr


def test_one_column_is_counted_as_one(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(FILES["one_column.csv"], encoding="utf-8")
    assert "one.csv: 1 column separated by comma" in called("train", tmp_path / "one.csv").stderr


def test_divergence_is_exit_one_and_keeps_the_last_finite_model(tmp_path: Path) -> None:
    path, model = tmp_path / "real.csv", tmp_path / "real.chain"
    path.write_text(FILES["real.csv"], encoding="utf-8")
    steps = ("--solver", "sgd", "--activation", "identity", "--learning-rate", "0.7")
    result = called("train", path, *steps, "-o", model)
    assert result.returncode == 1
    assert result.stdout == ""
    sentence = result.stderr.splitlines()[-1]
    assert "diverged in epoch" in sentence
    assert "step is too large" in sentence
    predicted = called("predict", model, path)
    assert predicted.returncode == 0
    assert "nan" not in predicted.stdout
    assert "the model of epoch" in result.stderr


def test_divergence_in_the_first_epoch_leaves_an_old_model_as_it_is(tmp_path: Path) -> None:
    path, model = tmp_path / "real.csv", tmp_path / "real.chain"
    path.write_text(FILES["real.csv"], encoding="utf-8")
    called("train", path, "-o", model, "--epochs", 2)
    before = model.read_bytes()
    result = called("train", path, "--solver", "sgd", "--learning-rate", "1e300", "-o", model)
    assert result.returncode == 1
    assert f"nothing is kept in {model}: no epoch ended in bounds." in result.stderr
    assert model.read_bytes() == before


def test_a_table_is_never_replaced_by_a_model(tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text(FILES["good.csv"], encoding="utf-8")
    result = called("train", path, "-o", path)
    assert result.returncode == 2
    assert "exists and is no chainrule model" in result.stderr
    assert path.read_text(encoding="utf-8") == FILES["good.csv"]
    assert called("train", path, "-o", tmp_path / ("m" * 300)).returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says how much is in use")
def test_memory_that_does_not_suffice_is_one_sentence() -> None:
    """Where the computer has enough, and this process may not have it."""
    limited = (
        "import resource, sys; from chainrule.cli import main; import chainrule.experiment;"
        "size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize();"
        "resource.setrlimit(resource.RLIMIT_AS, (size + 2**28, size + 2**28)); sys.argv[0] = 'c';"
        "main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", limited, "train", "--hidden", "800000", "--epochs", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("chainrule: the memory does not suffice")
    assert "Traceback" not in result.stderr


def test_what_the_data_holds_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "escape.csv"
    rows = [f"{i},{'b' if i % 2 else chr(27) + '[2J'}" for i in range(20)]
    path.write_text("x,y\n" + "\n".join(rows), encoding="utf-8")
    result = called("train", path, "--epochs", 1)
    assert result.returncode == 0
    assert "\x1b" not in result.stdout + result.stderr
    assert "\\x1b[2J" in result.stderr


def test_divergence_names_unscaled_inputs(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    rows = [f"{1000 * i},{i},{i * 0.37:.2f}" for i in range(20)]
    path.write_text(table(rows=rows), encoding="utf-8")
    result = called("train", path, "--solver", "sgd", "--activation", "identity", "--scale", "none")
    assert result.returncode == 1
    assert "the inputs are unscaled (they reach 1.9e+04 in column 0)" in result.stderr


@pytest.mark.parametrize(("rate", "kept"), [("1e6", False), ("20", True)])
def test_what_is_kept_is_what_the_error_says(rate: str, kept: bool, tmp_path: Path) -> None:
    """Of the same training: that on all rows."""
    path, model = tmp_path / "reg.csv", tmp_path / "d.chain"
    rows = [f"{i / 40},{i % 10},{3 * i / 40 + i % 10:.3f}" for i in range(40)]
    path.write_text("a,b,y\n" + "\n".join(rows) + "\n", encoding="utf-8")
    result = called("train", path, "--learning-rate", rate, "--solver", "sgd", "-o", model)
    assert result.returncode == 1
    notice, error = result.stderr.splitlines()[-2:]
    assert error.startswith("chainrule: Training diverged in epoch")
    if kept:
        epoch = error.rpartition(" ")[2].rstrip(".")
        assert error.endswith(f"The weights are those after epoch {epoch}.")
        assert notice == f"chainrule: the model of epoch {epoch} is kept in {model}."
    else:
        assert "The weights are those of the start: no epoch ended with a loss of at" in error
        assert "finite" not in notice + error
    assert model.exists() == kept
