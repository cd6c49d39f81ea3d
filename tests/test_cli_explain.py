"""`chainrule explain`: what it says, writes and refuses."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS, called, run

NAMES = "height,width,kind,y"
ROWS = [f"{k / 3:.3f},{(k * 7 % 5) / 2},{'ab'[k % 2]},{'xyz'[k % 3]}" for k in range(30)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, a model of it that keeps eight rows, and one that keeps none."""
    folder = tmp_path_factory.mktemp("explain")
    (folder / "t.csv").write_text("\n".join([NAMES, *ROWS]), encoding="utf-8")
    quick = ("train", "t.csv", "--epochs", 5, "--hidden", "4,3", "--split", 0.2)
    assert called(*quick, "-o", "kept.chain", "--keep-rows", 8, cwd=folder).returncode == 0
    assert called(*quick, "-o", "bare.chain", cwd=folder).returncode == 0
    return folder


def test_a_row_is_named_as_in_the_file_and_kept_rows_need_no_table(folder: Path) -> None:
    from_table = called("explain", "kept.chain", "t.csv", "--row", 2, "--weight", "W1[0, 1]",
                        cwd=folder)  # fmt: skip
    assert from_table.returncode == 0, from_table.stderr
    assert "line 2 of t.csv" in from_table.stdout
    assert "input, height" in from_table.stdout
    assert all(len(line) <= 80 for line in from_table.stdout.splitlines())
    kept = called("explain", "kept.chain", "--row", 2, "--weight", "W1[0, 1]", cwd=folder)
    assert "line 2, kept with the model" in kept.stdout
    opened = [text.stdout.partition("∂J/∂W1")[2] for text in (from_table, kept)]
    assert opened[0] == opened[1] != ""


def test_every_row_of_the_table_makes_the_gradient_of_the_mean_loss(folder: Path) -> None:
    said = called("explain", "bare.chain", "t.csv", "--weight", "b1[2]", "--format", "json",
                  cwd=folder)  # fmt: skip
    record = json.loads(said.stdout)
    (opened,) = record["explanations"]
    assert record["schema"] == "chainrule.explanation/1"
    assert (record["rows"], record["data"], record["place"]) == (30, "t.csv", None)
    assert opened["agrees"]
    assert abs(opened["sum"] - opened["gradient"]) <= 1e-12 * opened["size"]
    assert opened["folded"]["count"] + len(opened["paths"]) == 30 * 3 * 3
    for path in opened["paths"]:
        value = math.prod(factor["value"] for factor in path["factors"])
        assert value == pytest.approx(path["value"])
        assert path["row"].startswith("line ")


def test_the_largest_and_the_vanished(folder: Path) -> None:
    sizes = {}
    for choice in ("--largest", "--vanished"):
        said = called("explain", "kept.chain", choice, 3, "--format", "json", cwd=folder)
        sizes[choice] = [abs(one["gradient"]) for one in json.loads(said.stdout)["explanations"]]
        assert len(sizes[choice]) == 3
    assert sizes["--largest"] == sorted(sizes["--largest"], reverse=True)
    assert max(sizes["--vanished"]) < min(sizes["--largest"])


def test_every_form_is_written_to_a_file(folder: Path) -> None:
    for form, start in (("html", "<!doctype html>"), ("latex", "% needs"), ("text", "kept.chain:"),
                        ("json", "{")):  # fmt: skip
        said = called("explain", "kept.chain", "--format", form, "-o", f"a.{form}", cwd=folder)
        assert (said.returncode, said.stdout) == (0, "")
        assert said.stderr == f"chainrule: written: a.{form}.\n"
        assert (folder / f"a.{form}").read_text(encoding="utf-8").startswith(start)
    drawn = called("explain", "kept.chain", "--svg", "a.svg", cwd=folder)
    assert drawn.stdout.startswith("kept.chain:")
    assert (folder / "a.svg").read_text(encoding="utf-8").startswith("<svg xmlns=")


def test_a_step_is_traced(folder: Path) -> None:
    said = called("explain", "kept.chain", "--row", 2, "--step", cwd=folder).stdout
    assert said.startswith("One step of adam over line 2: learning rate 0.01, beta 1 0.9")
    assert all(len(line) <= 80 for line in said.splitlines())
    assert len([line for line in said.splitlines() if "[" in line]) == 4 * 4 + 4 + 4 * 3 + 3 + 12
    plain = called("explain", "kept.chain", "--step", "--learning-rate", 0.5, "--format", "json",
                   cwd=folder)  # fmt: skip
    record = json.loads(plain.stdout)
    assert (record["schema"], record["optimizer"]) == ("chainrule.step/1", "descent")
    bias = record["parameters"][-1]
    for before, gradient, after in zip(
        bias["before"], bias["gradient"], bias["after"], strict=True
    ):
        assert after == before - 0.5 * gradient


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["kept.chain", "--weight", "W4[0, 0]"], "must be one of W1, W2, W3, b1, b2, b3; got 'W4'"),
        (["kept.chain", "--weight", "W1[9, 0]"], "its indices are W1[0…3, 0…3]."),
        (["kept.chain", "--weight", "x"], "`--weight` must be written as W2[3, 1] or b1[0]"),
        (["kept.chain", "t.csv", "--row", "1"], "`--row` 1 is no row of t.csv; its rows are"),
        (["kept.chain", "t.csv", "--row", "32"], "…, 30, 31."),
        (["kept.chain", "--row", "3"], "`--row` 3 is no row of kept.chain; its rows are line 2, "),
        (["kept.chain", "--row", "3"], "Any other row is opened from its table: add DATA."),
        (["bare.chain"], "`bare.chain` keeps no rows, and a gradient is one over rows"),
        (["none.chain"], "`none.chain` does not exist."),
        (["t.csv"], "`t.csv` is not a chainrule model"),
        (["kept.chain", "none.csv"], "none.csv"),
        (["kept.chain", "features.csv"], "lacks the target 'y'"),
        (["kept.chain", "strange.csv"], "one of the training's classes, x, y, z; got 'q'"),
        (["kept.chain", "--largest", "2", "--weight", "b1[0]"], "`--weight` and `--largest`"),
        (["kept.chain", "--largest", "0"], "`--largest` must be at least 1, got 0."),
        (["kept.chain", "--step", "--weight", "b1[0]"], "`--weight` and `--step` exclude"),
        (["kept.chain", "--step", "--format", "html"], "`--step` is written as text or json"),
        (["kept.chain", "--learning-rate", "1"], "`--learning-rate` is of a step of training"),
        (["kept.chain", "--step", "--svg", "a.svg"], "`--svg` draws the paths of a weight"),
        (["kept.chain", "-o", "a", "--svg", "./a"], "`--output` and `--svg` are both a;"),
        (["kept.chain", "-o", "kept.chain"], "would replace what is read"),
        (["kept.chain", "--svg", "no/such/a.svg"], "in one that does not exist"),
        (["kept.chain", "--format", "pdf"], "`--format` must be one of html, json, latex, text"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_mistakes_are_one_sentence(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "features.csv").write_text("height,width,kind\n1,2,a\n2,3,b\n", encoding="utf-8")
    (folder / "strange.csv").write_text(f"{NAMES}\n1,2,a,q\n2,3,b,x\n", encoding="utf-8")
    said = called("explain", *arguments, cwd=folder)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("chainrule: ")
    assert message in said.stderr
    assert said.stderr.count("\n") == 1


def test_filled_in_cells_are_said(folder: Path) -> None:
    (folder / "gap.csv").write_text(f"{NAMES}\n,2,a,y\n2,3,b,x\n", encoding="utf-8")
    said = called("explain", "bare.chain", "gap.csv", "--row", 2, cwd=folder)
    assert said.returncode == 0
    assert "cells without a value in 1 row are filled in with the mean" in said.stderr


def test_keeping_rows_needs_a_file() -> None:
    said = called("train", "--keep-rows", 5)
    assert said.returncode == 2
    assert "`--keep-rows` keeps rows in the model's file; name one with `-o`." in said.stderr


def test_the_command_alone_reads_standard_input_and_loads_no_scikit_learn(folder: Path) -> None:
    table = (folder / "t.csv").read_text(encoding="utf-8")
    said = run("explain", "bare.chain", "-", "--row", 3, cwd=folder, stdin=table)
    assert said.returncode == 0, said.stderr
    assert "line 3 of standard input" in said.stdout
    code = (
        "import sys; from chainrule.cli import main; sys.argv = ['chainrule', 'explain', "
        "'kept.chain', '--format', 'html', '-o', 'b.html']\n"
        "try: main()\nexcept SystemExit: print(*{'sklearn', 'sympy', 'pandas'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, timeout=SECONDS
    )
    assert result.stdout.strip() == ""
