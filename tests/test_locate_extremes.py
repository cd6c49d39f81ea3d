"""Python's max(0, z): of the plain 0 it is known that another z would have come through."""

from pathlib import Path

import pytest
from foreign import alone, last_stored, trace, traced, write
from judging import edited, line_of, only_fault, report_of
from rectified import RELUS

from chainrule.locate.pullbacks import pullback
from chainrule.locate.replay import compute

PROGRAM = edited(
    RELUS,
    ("    if z > 0:\n        return z\n    return 0.0\n", "    return max(0, z)\n"),
    (" * relu_derivative(h[j])", " * (1 if h[j] > 0 else 0)"),
    (
        "[relu_derivative(hj) for hj in h]",
        "[-hj for hj in h], [2 * hj for hj in h], round(h[0], 2)",
    ),
)
HARD_TANH = [("max(0, z)", "min(1, max(-1, z))"), ("(1 if h[j] > 0 else 0)", "(abs(h[j]) < 1)")]


@pytest.mark.parametrize("edits", [[], HARD_TANH], ids=["relu", "hard tanh"])
def test_units_that_are_off_in_these_rows_are_units_of_the_network(
    edits: list[tuple[str, str]],
) -> None:
    report = report_of(edited(PROGRAM, *edits))
    assert report.verdict == "correct"
    assert {one.name: one.shape for one in report.parameters} == {
        "hidden": (6, 5),
        "output": (2, 7),
    }
    assert report.loss is not None
    assert report.loss.name == "half_squared_error"
    assert "l2" not in report.loss.formula


def test_a_slope_forgotten_behind_max_is_found() -> None:
    """Where a unit is off its slope, 0, is that of any function: no repair comes of it."""
    wrong = edited(PROGRAM, ("(1 if h[j] > 0 else 0)", "1"))
    fault = only_fault(report_of(wrong))
    assert (fault.kind, fault.line) == ("missing-factor", line_of(wrong, "d1 = ["))
    assert "1 - h" not in (fault.repair or "")


@pytest.mark.parametrize("edits", [[], HARD_TANH], ids=["relu", "hard tanh"])
def test_what_the_program_prints_stays_the_same(
    edits: list[tuple[str, str]], tmp_path: Path
) -> None:
    """An integer 0 is printed as one, and so are its multiples."""
    script = write(tmp_path, edited(PROGRAM, *edits))
    assert traced(script).output == alone(script)


@pytest.mark.parametrize(
    ("expression", "value", "slope"),
    [
        ("max(0, z)", 0.0, 0.0),
        ("max(z, 0.0)", 0.0, 0.0),
        ("min(0, z)", -1.5, 1.0),
        ("max(z, -3)", -1.5, 1.0),
        ("max(z, w)", 4.0, 0.0),
        ("max(-1e300, z)", -1.5, 1.0),
        ("min(-1e300, z)", -1e300, 0.0),
        ("min(1, max(-1, z))", -1.0, 0.0),
        ("3 - max(0, z)", 3.0, 0.0),
        ("max(0, z) * 2", 0.0, 0.0),
        ("max(0, z) ** 2 + z", -1.5, 1.0),
    ],
)
def test_the_choice_and_its_slope(
    expression: str, value: float, slope: float, tmp_path: Path
) -> None:
    graph = trace(tmp_path, f"import random\nz = float('-1.5')\nw = float('4')\ny = {expression}\n")
    node, z = last_stored(graph, "y"), last_stored(graph, "z")
    values, wrong = compute(graph, {one.number for one in graph.nodes}, node.number)
    assert not wrong
    assert values[node.number] == value
    cotangents = {node.number: 1.0}
    for one in reversed(graph.nodes[: node.number + 1]):
        for used, part in pullback(one, values, cotangents.get(one.number, 0.0)):
            cotangents[used.number] = cotangents.get(used.number, 0.0) + float(part)
    assert cotangents.get(z.number, 0.0) == slope


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("max([z, 0])", "0"),
        ("max(z, 0, 2)", "2"),
        ("max(0, z, key=abs)", "-1.5"),
        ("max(0, 10**20, z)", "100000000000000000000"),
        ("max(10**20, z)", "100000000000000000000"),
        ("max(True, z)", "True"),
        ("type(max(0, z))", "<class 'int'>"),
        ("isinstance(max(0, z), int)", "True"),
        ("'abc'[max(0, z)]", "a"),
        ("[7] * max(2, z)", "[7, 7]"),
        ("f'{max(0, z):3d}'", "  0"),
        ("json.dumps([max(0, z), max(0.0, z)])", "[0, 0.0]"),
        ("pickle.loads(pickle.dumps(max(0, z)))", "0"),
        ("copy.deepcopy(max(0, z))", "0"),
        ("np.array([max(0, z), z])", "[ 0.  -1.5]"),
        ("np.array([1.0, 2.0]) * max(0, z)", "[0. 0.]"),
        ("np.maximum(0, max(0, z))", "0"),
        ("max(0, z) == 0, max(0, z) > z, {max(0, z): 1}", "True True {0: 1}"),
        ("-max(0, z), abs(min(0, max(0, z))), max(0, z) // 2", "0 0 0"),
    ],
)
def test_python_sees_the_same_number(expression: str, expected: str, tmp_path: Path) -> None:
    program = (
        f"import copy, json, pickle\nimport numpy as np\nz = float('-1.5')\nprint({expression})"
    )
    script = write(tmp_path, program)
    assert alone(script) == expected + "\n"
    assert traced(script).output == expected + "\n"
