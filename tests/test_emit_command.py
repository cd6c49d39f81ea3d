"""`chainrule derive --network … --emit LANGUAGE`."""

from pathlib import Path

import pytest
from commands import called, run
from emitted_programs import LANGUAGES, ran

from chainrule import emit

NETWORK = ("derive", "--network", "7-5-3")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_the_program(language: str) -> None:
    result = called(*NETWORK, "--emit", language)
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout == emit("7-5-3", language=language)


def test_its_options_are_the_functions_arguments() -> None:
    options = ("--activation", "relu,x*tanh(x)", "--loss", "poisson")
    result = called(
        "derive", "--network", "4-3-3-2", *options, "--output-activation", "softplus",
        "--emit", "numpy",
    )  # fmt: skip
    chosen = ["relu", "x*tanh(x)"]
    assert result.stdout == emit("4-3-3-2", chosen, "poisson", "softplus", language="numpy")


def test_the_written_file_runs_and_is_found_right(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    result = run(*NETWORK, "--emit", "python", "-o", file)
    assert result.returncode == 0
    assert result.stdout == ""
    assert result.stderr == f"chainrule: the program is in {file}.\n"
    assert "rows right" in ran(file.read_text(encoding="utf-8"), tmp_path, alone=True)
    assert run("where", file).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*NETWORK, "--emit", "rust"), "`--emit` must be one of numpy, python; got 'rust'."),
        (("derive", "x^2", "--emit", "numpy"), "`--emit` is of a network"),
        ((*NETWORK, "--emit", "numpy", "--format", "json"), "leave `--format` out"),
        ((*NETWORK, "--emit", "numpy", "--code", "numpy"), "`--code` is of a formula's"),
        ((*NETWORK, "--emit", "numpy", "--activation", "tahn"), "Did you mean 'tanh'?"),
        ((*NETWORK, "--emit", "numpy", "-o", "."), "is a folder"),
    ],
)
def test_mistakes_are_one_sentence(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    result = called(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert said in result.stderr
    assert result.stderr.startswith("chainrule: ")
    assert result.stderr.count("\n") == 1


def test_the_documentation_shows_what_is_printed() -> None:
    page = (Path(__file__).parent.parent / "docs" / "derive.md").read_text(encoding="utf-8")
    program = emit("7-5-3", language="numpy")
    begin, end = program.index("def backward"), program.index("def train")
    assert f"```python\n{program[begin:end].rstrip()}\n```" in page
