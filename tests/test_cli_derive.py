"""`chainrule derive` as a user runs it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import called, run

import chainrule
from chainrule import derive, derive_network
from chainrule.derivation.functions import FUNCTIONS

MISH = "x*tanh(log(1+exp(x)))"
BCE = "-(y*log(a)+(1-y)*log(1-a))"


def test_a_formula_is_derived() -> None:
    result = run("derive", MISH)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{derive(MISH)}\n"


def test_a_formula_may_begin_with_a_minus_and_name_options() -> None:
    """`-log(x)` has an o, as -o has."""
    for formula in ("-log(x)", "-o", "-cos(x)"):
        result = called("derive", "--by", "x", formula, "--format", "json")
        if formula == "-o":
            assert result.returncode == 2
        else:
            assert json.loads(result.stdout)["formula"] == formula


def test_a_loss_with_its_output_activation() -> None:
    result = called("derive", BCE, "--by", "a", "--output-activation", "logistic")
    assert result.returncode == 0
    assert "∂ℓ/∂z = a − y\n" in result.stdout


def test_parameters_are_set() -> None:
    result = called("derive", "elu(x, slope)", "--set", "slope=0.5", "--format", "json")
    record = json.loads(result.stdout)
    assert record["parameters"] == {"slope": 0.5}
    assert record["kinks"][0]["left"] == 0.5


def test_the_formula_comes_from_standard_input() -> None:
    assert called("derive", "-", stdin="x^2\n").stdout.startswith("f(x) = x²\nf′(x) = 2·x\n")


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", "f(x) = "), ("json", "{"), ("latex", r"\begin{align*}"), ("html", "<!doctype html>")],
)
def test_every_form_is_written_to_a_file(form: str, begins: str, tmp_path: Path) -> None:
    result = called("derive", MISH, "--format", form, "-o", "out.txt", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "chainrule: the derivation is in out.txt.\n"
    assert (tmp_path / "out.txt").read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["x*(1+x"],
            "chainrule: `formula` cannot be read: this bracket is not closed.\n  x*(1+x\n    ^\n",
        ),
        (
            ["tahn(x)"],
            "chainrule: `formula` cannot be read: there is no function 'tahn'; did you mean "
            "'tanh'?\n  tahn(x)\n  ^\n",
        ),
        (["x", "--set", "alpha"], "chainrule: `--set` must be NAME=NUMBER, as in alpha=0.1; got"),
        (["x", "--set", "alpha=many"], "chainrule: `alpha` must be a finite number, got 'many'."),
        (["x", "--set", "by=2"], "chainrule: `by` is no name for a number here"),
        (["x", "--by", "exp"], "chainrule: `by` must be a name of its own; 'exp' is a function."),
        (["x", "--format", "pdf"], "chainrule: `--format` must be one of"),
        (["x", "-o", "nowhere/out"], "chainrule: `--output` nowhere/out is a folder, or in one"),
        ([BCE, "--output-activation", "sin"], "chainrule: `output_activation` must be one of"),
        (["x\x1b[2J"], "chainrule: `formula` cannot be read: '\\x1b' cannot stand here"),
    ],
)
def test_mistakes_are_a_sentence(arguments: list[str], said: str, tmp_path: Path) -> None:
    result = called("derive", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(said)
    assert "\x1b" not in result.stderr


def test_nothing_in_a_formula_is_executed(tmp_path: Path) -> None:
    for formula in (
        "__import__('os').system('touch here')",
        "open('here','w')",
        "x.__class__.__base__",
        "(lambda: 0)()",
        "[c for c in x]",
    ):
        result = called("derive", formula, cwd=tmp_path)
        assert result.returncode == 2
    assert not list(tmp_path.iterdir())


DOCS = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("README.md", ["1/(1+exp(-x))"]),
        ("docs/derive.md", [MISH]),
    ],
)
def test_the_documents_show_what_is_printed(file: str, arguments: list[str]) -> None:
    text = (DOCS / file).read_text(encoding="utf-8")
    assert f"```console\n{called('derive', *arguments).stdout}```\n" in text


@pytest.mark.parametrize(("file", "formula"), [("README.md", "tanh(x)"), ("docs/derive.md", MISH)])
def test_the_documents_show_the_code_that_is_printed(file: str, formula: str) -> None:
    text = (DOCS / file).read_text(encoding="utf-8")
    assert f"```python\n{called('derive', formula, '--code', 'numpy').stdout}```\n" in text


def test_the_page_of_the_command_lists_every_function() -> None:
    text = (DOCS / "docs" / "derive.md").read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if name not in text] == []


@pytest.mark.parametrize("language", ["numpy", "numba", "python", "c"])
def test_code_of_value_and_derivative(language: str) -> None:
    result = called("derive", MISH, "--code", language)
    assert result.returncode == 0
    assert "value_and_derivative" in result.stdout
    assert "At most" in result.stderr


def test_code_that_is_written_runs() -> None:
    names: dict[str, Any] = {}
    exec(called("derive", "alpha*x^2", "--set", "alpha=3", "--code", "python").stdout, names)
    assert names["value_and_derivative"](2.0) == (12.0, 12.0)


def test_code_is_of_one_variable_and_has_no_format() -> None:
    assert "one name, its variable; it has a, y" in called("derive", BCE, "--code", "c").stderr
    result = called("derive", MISH, "--code", "c", "--format", "json")
    assert result.returncode == 2
    assert "leave `--output-activation` and `--format` out" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "derive needs FORMULA, as in 'x*tanh(x)', or `--network`, as in --network 7-5-3."),
        (["x", "--network", "3-2"], "`FORMULA` is of a formula's derivative, `--network` asks"),
        (["--network", "3-2", "--by", "x"], "`--by` is of a formula's derivative"),
        (["--network", "3-2", "--set", "a=1"], "`--set` is of a formula's derivative"),
        (["--network", "3-2", "--code", "c"], "`--code` is of a formula's derivative"),
        (["x", "--loss", "huber"], "`--loss` is of a network, as in --network 7-5-3; without"),
        (["x", "--activation", "tanh"], "`--activation` is of a network, as in --network 7-5-3"),
        (["", "--network", "3-2"], "`FORMULA` is of a formula's derivative"),
        (["--network", "4-3-2", "--loss", ""], "`loss` must be one of"),
        (["--network", "7x5"], "`network` must be the number of inputs and of each layer's units"),
        (["--network", "4-3-2", "--activation", "relu,tanh"], "`activation` must have one entry"),
    ],
)
def test_a_formula_and_a_network_exclude_each_other(arguments: list[str], said: str) -> None:
    result = called("derive", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"chainrule: {said}")
    assert result.stderr.count("\n") == 1


NETWORK = ["--network", "7-5-3", "--activation", "logistic", "--loss", "squared_error"]


def test_a_network_is_derived() -> None:
    result = run("derive", *NETWORK)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{derive_network('7-5-3')}\n"


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("text", "The update rules of the network 7-5-3\n"),
        ("json", "{"),
        ("latex", "% needs"),
        ("html", "<!doctype html>"),
    ],
)
def test_update_rules_are_written_to_a_file(form: str, begins: str, tmp_path: Path) -> None:
    result = called("derive", *NETWORK, "--format", form, "-o", "out.txt", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8").startswith(begins)


def test_layers_have_activations_of_their_own() -> None:
    activations = "relu,where(x > 0, x, 0.1*x), x*sigmoid(x)"
    result = called("derive", "--network", "9-8-7-6-5", "--activation", activations)
    assert result.returncode == 0
    for name in ("relu\n", "where(x > 0, x, 0.1*x)\n", "x*sigmoid(x)\n", "identity\n"):
        assert name in result.stdout
    usual = called("derive", "--network", "2-2", "--loss", "poisson", "--format", "json")
    assert json.loads(usual.stdout)["output_activation"] == "exponential"
    other = called("derive", "--network", "2-2", "--output-activation", "tanh", "--format", "json")
    assert json.loads(other.stdout)["output_activation"] == "tanh"


@pytest.mark.parametrize(
    ("file", "begins"), [("README.md", " ×  dz2 ="), ("docs/derive.md", "  a1[j]")]
)
def test_the_documents_show_a_part_of_what_is_derived(file: str, begins: str) -> None:
    text = (DOCS / file).read_text(encoding="utf-8")
    (shown,) = [
        part.split("```\n")[0] for part in text.split("```console\n") if part.startswith(begins)
    ]
    assert shown in str(derive_network("7-5-3"))


def test_the_page_shows_update_rules_in_python() -> None:
    text = (DOCS / "docs" / "derive.md").read_text(encoding="utf-8")
    (code,) = re.findall("```python\n(rules = .+?)```", text, re.DOTALL)
    names: dict[str, Any] = {"chainrule": chainrule}
    exec(code, names)
    assert names["rules"].architecture.output_activation == "softmax"
