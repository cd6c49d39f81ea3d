"""Emitted programs: they run alone, learn, and their gradients are the package's own."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from emitted_programs import (
    CASES,
    LANGUAGES,
    WIDE,
    Case,
    gradients_of,
    module_of,
    network_of,
    program,
    ran,
)

from chainrule import emit
from chainrule.errors import InputError
from chainrule.parameters import Parameters

ALL = [*CASES, *(pytest.param(case, marks=pytest.mark.slow) for case in WIDE)]
both_languages = pytest.mark.parametrize("language", LANGUAGES)


@both_languages
@pytest.mark.parametrize("case", ALL, ids=str)
def test_it_runs_alone_and_learns(case: Case, language: str, tmp_path: Path) -> None:
    said = ran(program(case, language), tmp_path, alone=language == "python").splitlines()
    losses = [float(line.split()[-1]) for line in said if line.startswith("epoch")]
    assert 10 <= len(losses) <= 12
    assert losses[-1] < losses[0] - 0.3 * abs(losses[0])
    assert len(said) > len(losses)


@both_languages
@pytest.mark.parametrize("case", ALL, ids=str)
def test_its_check_agrees_with_differences(case: Case, language: str, tmp_path: Path) -> None:
    said = ran(program(case, language), tmp_path, "--check", alone=language == "python")
    name, _, number = said.partition(": ")
    assert name == "largest relative difference"
    assert float(number) < 1e-5


def test_its_check_finds_a_wrong_gradient(tmp_path: Path) -> None:
    for language in LANGUAGES:
        wrong = program(CASES[0], language).replace("return a * (1 - a)", "return a * (2 - a)")
        said = ran(wrong, tmp_path, "--check", alone=False)
        assert float(said.split()[-1]) > 0.1


@both_languages
@pytest.mark.parametrize("case", [*CASES, *WIDE], ids=str)
def test_its_gradients_are_the_networks(case: Case, language: str) -> None:
    network, rng = network_of(case), np.random.default_rng(3)
    parameters = Parameters.zeros(network.layer_sizes)
    parameters.flat[:] = rng.normal(size=parameters.flat.size) * 0.7
    X = rng.normal(size=(6, network.layer_sizes[0]))
    y = np.eye(network.layer_sizes[-1])[rng.integers(network.layer_sizes[-1], size=6)]
    expected = network.gradients(parameters, X, y)
    found = gradients_of(module_of(program(case, language)), language, parameters, X, y)
    own = [part for pair in zip(expected.dW, expected.db, strict=True) for part in pair]
    for one, other in zip(found, own, strict=True):
        np.testing.assert_allclose(one, len(X) * other, rtol=1e-10, atol=1e-12)


@both_languages
@pytest.mark.parametrize("case", [*CASES, *WIDE], ids=str)
def test_every_function_is_used_and_lines_are_short(case: Case, language: str) -> None:
    text = program(case, language)
    tree = ast.parse(text)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert defined <= named
    assert all(ast.get_docstring(n) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    assert max(map(len, text.splitlines())) <= 100
    assert text == program.__wrapped__(case, language)  # made anew, it is the same


@both_languages
@pytest.mark.parametrize("case", [*CASES, *WIDE], ids=str)
def test_every_line_of_the_backward_pass_says_its_derivative(case: Case, language: str) -> None:
    lines = program(case, language).splitlines()
    begin = next(k for k, line in enumerate(lines) if line.startswith("def backward"))
    end = next(k for k in range(begin + 1, len(lines)) if lines[k].startswith("def "))
    for k in range(begin, end):
        text = lines[k].strip()
        computes = text.startswith("d") and " = " in text and not text.startswith("def")
        stores = text.startswith('neuron["d') and not text.endswith("= 0.0")
        if computes:
            assert f"# ∂J/∂{text.split()[0][1:]}" in text
        elif stores and "+=" not in text:
            assert "∂J/∂" in lines[k - 1] or "∂J/∂" in lines[k - 2]


@pytest.mark.skipif(importlib.util.find_spec("ruff") is None, reason="ruff is not installed")
@both_languages
def test_it_is_formatted(language: str, tmp_path: Path) -> None:
    for number, case in enumerate([*CASES, *WIDE]):
        (tmp_path / f"program{number}.py").write_text(program(case, language), encoding="utf-8")
    for command in (["check"], ["format", "--check"], ["format", "--check", "--line-length=100"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == 0, result.stdout


def test_only_two_languages() -> None:
    with pytest.raises(InputError, match="`language` must be python or numpy, got 'rust'"):
        emit("7-5-3", language="rust")
