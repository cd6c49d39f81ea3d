"""The founding question, on the tutorial's own network: where is the chain rule in this code?"""

import random
import re
from functools import cache
from pathlib import Path

import pytest
from commands import run
from judging import report_of

import chainrule
from chainrule import scratch
from chainrule.locate.record import Line, Report

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path(scratch.__file__).read_text(encoding="utf-8")


@cache
def answer() -> Report:
    return chainrule.where(scratch.__file__)


def line_of(text: str) -> int:
    (number,) = [k for k, line in enumerate(SOURCE.splitlines(), 1) if text in line]
    return number


def at(text: str, role: str) -> list[Line]:
    number = line_of(text)
    return [one for one in answer().lines if one.line == number and one.role == role]


def test_the_network_is_right_and_its_loss_is_never_written() -> None:
    report = answer()
    assert (report.verdict, report.uses_chain_rule) == ("correct", True)
    assert report.loss is not None
    assert report.loss.name == "half_squared_error"
    assert (report.loss.stated_at, report.loss.shown) == (None, "scaled")
    assert [one.name for one in report.parameters] == ["network[0]", "network[1]"]


def test_the_error_signal_and_the_local_derivative() -> None:
    (signal,) = at('error = neuron["output"] - expected[j]', "error_signal")
    assert (signal.sign, signal.scale) == (1, 1.0)
    assert signal.partial.startswith("∂J/∂")
    assert at("return output * (1.0 - output)", "local_derivative")


def test_the_three_products() -> None:
    (first,) = at('neuron["delta"] = error * transfer_derivative', "chain_rule")
    error = line_of('error = neuron["output"] - expected[j]')
    derivative = line_of("return output * (1.0 - output)")
    assert {factor.line for factor in first.factors} == {error, derivative}
    assert at('error += following["weights"][j] * following["delta"]', "chain_rule")
    third = at('neuron["weights"][j] -= l_rate * neuron["delta"]', "parameter_gradient")
    assert third
    assert not any(one.temporary for one in third)


def test_the_bias_and_the_descent_step() -> None:
    bias = 'neuron["weights"][-1] -= l_rate * neuron["delta"]'
    assert at(bias, "parameter_gradient")
    for text in (bias, 'neuron["weights"][j] -= l_rate * neuron["delta"]'):
        assert at(text, "update")
        assert not at(text, "chain_rule")


@pytest.mark.parametrize("seed", range(4))
def test_names_and_spaces_change_nothing(seed: int) -> None:
    """Other names and blank lines: the same verdict, loss and roles, wherever the lines are."""
    rng = random.Random(seed)
    text = SOURCE
    for name in ("neuron", "error", "following", "layer", "l_rate", "expected", "output"):
        text = re.sub(rf"\b{name}\b", f"{name}_{rng.randrange(100)}", text)
    lines = text.splitlines()
    place = rng.choice([k for k, line in enumerate(lines) if line.startswith("def ")])
    report = report_of("\n".join([*lines[:place], "", "", *lines[place:]]))
    assert report.verdict == "correct"
    assert report.loss is not None
    assert report.loss.name == "half_squared_error"
    assert [one.role for one in report.lines] == [one.role for one in answer().lines]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("return output * (1.0 - output)", "return output * (1.0 + output)", None),
        ("error * transfer_derivative(", "error + transfer_derivative(", None),
        ('following["weights"][j] * following["delta"]', 'following["delta"]', "following["),
        ('error += following["weights"]', 'error -= following["weights"]', "error -= follow"),
        ('* neuron["delta"] * inputs[j]', '* neuron["delta"]', 'neuron["weights"][j] -='),
    ],
)
def test_a_planted_fault_is_found(old: str, new: str, where: str | None) -> None:
    assert SOURCE.count(old) == 1
    text = SOURCE.replace(old, new)
    report = report_of(text)
    assert report.verdict == "wrong"
    if where is not None:
        wanted = [k for k, line in enumerate(text.splitlines(), 1) if where in line]
        assert report.faults[0].line in wanted


def test_the_readme_shows_the_answer() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```console\n(chainrule/scratch.py.*?)```", readme, re.DOTALL)
    assert shown.strip() == run("where").stdout.strip()
