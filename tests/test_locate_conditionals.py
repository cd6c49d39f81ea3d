"""Choices by comparing numbers, as ReLU in plain Python makes them: both values are known."""

import ast
from pathlib import Path

import pytest
from foreign import alone, trace, traced, write
from judging import edited, only_fault, report_of
from rectified import RELUS

from chainrule.locate.choosing import with_choices
from chainrule.locate.graph import Graph
from chainrule.locate.operations import operation

RELU = "    if z > 0:\n        return z\n    return 0.0\n"
SLOPE = "    if a > 0:\n        return 1\n    else:\n        return 0\n"
WAYS = {
    "statements": (RELU, SLOPE),
    "expressions": ("    return z if z > 0 else 0\n", "    return 1.0 if a > 0 else 0.0\n"),
    "the other way": ("    return 0 if z <= 0 else z\n", "    return 0 if 0 >= a else 1\n"),
    "max": ("    return max(0, z)\n", SLOPE),
    "leaky": ("    return z if z > 0 else 0.1 * z\n", "    return 1 if a > 0 else 0.1\n"),
    "hard tanh": (
        "    if z > 1:\n        return 1\n    elif z < -1:\n        return -1\n    return z\n",
        "    return 1 if -1 < a < 1 else 0\n",
    ),
    "hard tanh in steps": (
        "    if z > 1.0:\n        return 1.0\n    if z < -1.0:\n        return -1\n    return z\n",
        "    return 0 if a >= 1 else 0 if a <= -1 else 1\n",
    ),
}


def program(way: str) -> str:
    relu, slope = WAYS[way]
    return edited(RELUS, (RELU, relu), (SLOPE, slope))


@pytest.mark.parametrize("way", WAYS)
def test_every_unit_is_one_however_its_relu_is_written(way: str) -> None:
    report = report_of(program(way))
    assert report.verdict == "correct"
    assert {one.name: one.shape for one in report.parameters} == {
        "hidden": (6, 5),
        "output": (2, 7),
    }
    assert report.loss is not None
    assert report.loss.name == "half_squared_error"


@pytest.mark.parametrize("way", WAYS)
def test_what_the_program_prints_stays_the_same(way: str, tmp_path: Path) -> None:
    script = write(tmp_path, program(way))
    assert traced(script).output == alone(script)


@pytest.mark.parametrize(
    "fault",
    [
        (" * relu_derivative(h[j])", ""),
        ("output[k][j] * d2[k] for", "output[k][j] for"),
        ("* d1[j] * x[i]", "* d1[j]"),
        ("        return 1\n", "        return a\n"),
    ],
    ids=["no slope", "no delta", "no input", "a wrong slope"],
)
def test_faults_behind_a_choice_are_found(fault: tuple[str, str]) -> None:
    report = report_of(edited(RELUS, fault))
    assert report.verdict == "wrong"
    assert only_fault(report).parameters == ("hidden",)


def wheres(graph: Graph) -> list[str]:
    return [operation(node) for node in graph.nodes if operation(node) == "where"]


@pytest.mark.parametrize(
    ("expression", "expected", "is_noted"),
    [
        ("z if z > 0 else 0", "0", True),
        ("1 if abs(z) < 1 else -z", "1.5", True),
        ("0 if z < w else 'no'", "0", False),  # no number
        ("1 / z if z > 0 else 0", "0", False),  # what might fail is not computed
        ("math.sqrt(z) if z > 0 else 2", "2", False),
        ("missing if z > 0 else 3", "3", False),
        ("z if w > 0 and z > 0 else 0", "0", False),
        ("z if 0 < z < 1 else 0", "0", True),
        ("z if 0 < abs(z) < 1 else 0", "0", False),
        ("5 if z < 0 else z if v[7] > 0 else 0", "5", False),  # there is no v[7]
        ("v[0] if v[0] < 0 else None", "-1.5", False),
        ("z if z < 0 else w * 'no'", "-1.5", False),
        ("z if z < 0 else v * 2", "-1.5", False),
        ("w if z > 0 else 0 * w", "0.0", True),
        ("huge if w > 0 else 0", "1" + 400 * "0", False),  # as a float it is infinite
        ("(2**53 + 1) * 1 if w > 0 else 0", "9007199254740993", False),
        ("5 if z < 0 else z if z > -2 else 0", "5", True),
        ("z if True else 0", "-1.5", False),
        ("z if len('a') > 2 else 5", "5", False),  # nothing tracked decides
        ("[1.5, 2.5][0] if w > 3 else z", "1.5", False),
        ("v[0] if v[0] > 2 else -3", "-3", True),
        ("(lambda q, k: q * k if q > 0 else k)(z, 7)", "7", True),
        ("np.float64(2) * (-z if z < 0 else z)", "3.0", True),
        ("w if np.float64(w) > 3 else -w", "4.0", True),
    ],
)
def test_which_choices_are_noted(
    expression: str, expected: str, is_noted: bool, tmp_path: Path
) -> None:
    imports = "import math\nimport numpy as np\n"
    numbers = "z = float('-1.5')\nw = float('4')\nv = [z]\nhuge = 10**400\n"
    text = f"{imports}{numbers}y = {expression}\nprint(y)"
    script = write(tmp_path, text)
    assert alone(script) == expected + "\n"
    result = traced(script)
    assert result.output == expected + "\n"
    assert bool(wheres(trace(tmp_path, text))) is is_noted


def function(body: str) -> ast.FunctionDef:
    (found,) = ast.parse("def f(z):\n" + "".join(f"    {one}\n" for one in body.split("\n"))).body
    assert isinstance(found, ast.FunctionDef)
    return found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if z > 0:\n    return z\nreturn 0", "return z if z > 0 else 0"),
        ("a = 1\nif z > a:\n    return z\nelse:\n    return a", "return z if z > a else a"),
        (
            "if z > 1:\n    return 1\nelif z < -1:\n    return -1\nelse:\n    return z",
            "return 1 if z > 1 else -1 if z < -1 else z",
        ),
        ("if z > 0:\n    return g(z)\nreturn 0", None),
        ("if z > 0:\n    return z", None),
        ("if z > 0:\n    return\nreturn 0", None),
        ("if z > 0:\n    print(z)\n    return z\nreturn 0", None),
        ("if z > 0:\n    return z\nelse:\n    return 0\nreturn 1", "return z if z > 0 else 0"),
        (
            "if z > 1:\n    return 1\nelif z < -1:\n    return -1\nreturn z",
            "return 1 if z > 1 else -1 if z < -1 else z",
        ),
    ],
)
def test_a_function_that_returns_by_a_choice_returns_once(body: str, expected: str | None) -> None:
    given = function(body)
    found = with_choices(given.body)
    if expected is None:
        assert [ast.dump(one) for one in found] == [ast.dump(one) for one in given.body]
        return
    last = found[-1]
    assert ast.unparse(last) == expected
    assert (last.lineno, last.end_lineno) == (given.body[len(found) - 1].lineno, given.end_lineno)


def test_a_choice_in_a_class_sees_the_names_of_the_class(tmp_path: Path) -> None:
    text = """
z = float("-1.5")
class Settings:
    low = 2.0
    rate = z if z > 0 else low
    rates = [low if z < r else r for low in (3.0, 4.0) for r in (5.0,)]
    def slope(self, a):
        return self.low if a > 0 else 0
print(Settings.rate, Settings.rates, Settings().slope(z))
"""
    script = write(tmp_path, text)
    assert traced(script).output == alone(script) == "2.0 [3.0, 4.0] 0\n"
