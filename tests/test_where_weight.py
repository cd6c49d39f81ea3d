"""`--weight`: one weight's gradient opened, every factor with its number and its line."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import run
from foreign import last_stored, trace, write
from handwritten import DEEP, NET, NEURONS, RNN
from judging import edited, line_of

import chainrule
from chainrule.errors import InputError
from chainrule.locate.elements import terms
from chainrule.locate.record import OpenedWeight
from chainrule.locate.replay import replay

ONCE = Path(__file__).resolve().parent / "locate" / "once"
PRINTS = (ONCE / "prints_gradients.py").read_text(encoding="utf-8")


def opened(folder: Path, program: str, weight: str, **choices: Any) -> OpenedWeight:
    found = chainrule.where(write(folder, program), weight=weight, **choices).weight
    assert found is not None
    return found


def agrees(found: OpenedWeight) -> None:
    """Σ Π of the factors is the gradient that the program holds, and that of the loss."""
    assert found.explanation.value == pytest.approx(found.explanation.gradient, rel=1e-12)
    assert found.explanation.gradient == pytest.approx(found.derivative, rel=1e-9)


def lines_of(found: OpenedWeight, path: int = 0) -> list[int | None]:
    return [getattr(factor, "line", None) for factor in found.explanation.paths[path].factors]


@pytest.mark.parametrize("name", ["W1[0, 2]", "W1[2,3]", "b1[0, 1]", "W2[3, 1]", "b2[0,0]"])
def test_the_sum_over_paths_is_the_gradient_that_the_program_computes(
    name: str, tmp_path: Path
) -> None:
    variables: dict[str, Any] = {}
    exec(compile(PRINTS, "prints_gradients", "exec"), variables)
    found = opened(tmp_path, PRINTS, name)
    agrees(found)
    assert found.explanation.gradient == pytest.approx(eval(f"d{name}", variables), rel=1e-12)
    assert found.line == line_of(PRINTS, f"d{name.partition('[')[0]} = ")
    assert len(found.explanation.paths) == (12 if name[1] == "1" else 6)  # rows × units onward


def test_every_factor_has_its_number_and_its_line(tmp_path: Path) -> None:
    variables: dict[str, Any] = {}
    exec(compile(PRINTS, "prints_gradients", "exec"), variables)
    found = opened(tmp_path, PRINTS, "W1[0, 2]")
    first = found.explanation.paths[0]
    assert [factor.name for factor in first.factors] == [
        "∂J/∂Z2[0, 0]", "W2[2, 0]", "∂A1/∂Z1[0, 2]", "X[0, 0]",
    ]  # fmt: skip
    slope = 1 - variables["A1"][0, 2] ** 2
    assert [factor.value for factor in first.factors] == pytest.approx(
        [variables["dZ2"][0, 0], variables["W2"][2, 0], slope, variables["X"][0, 0]], rel=1e-12
    )
    assert lines_of(found) == [
        line_of(PRINTS, "dZ2 = "), None, line_of(PRINTS, "1 - A1 ** 2"), None,
    ]  # fmt: skip
    assert [factor.source for factor in first.factors] == [
        "error signal", "weight on the way", "local derivative", "input",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["network[0][1]['weights'][0]", 'network[0][1]["weights"][0]',
                                  "network[0][1, 0]"])  # fmt: skip
def test_a_list_of_dicts_is_named_as_the_program_or_as_the_report_names_it(name: str) -> None:
    scratch = Path(chainrule.__file__).parent / "scratch.py"
    program = scratch.read_text(encoding="utf-8")
    found = chainrule.where(scratch, weight=name).weight
    assert found is not None
    agrees(found)
    assert len(found.explanation.paths) == 2
    assert lines_of(found)[:4] == [
        line_of(program, 'error = neuron["output"] - expected[j]'),
        line_of(program, "return output * (1.0 - output)"),
        None,
        line_of(program, "return output * (1.0 - output)"),
    ]
    assert found.line == line_of(program, 'neuron["weights"][j] -= ')


@pytest.mark.parametrize(
    ("program", "names"),
    [
        (NET, ["W1[1, 2]", "b1[0,3]", "W2[0, 0]", "b2[0, 1]"]),
        (NEURONS, ["network[0][0, 0]", "network[1][1, 3]"]),
        (DEEP, ["weights[0][3, 5]", "biases[1][2]", "weights[2][4, 1]"]),
        (RNN, ["Wxh[0, 0]", "Whh[1, 2]", "bh[3, 0]", "Why[0, 4]"]),
    ],
    ids=["net", "neurons", "deep", "rnn"],
)
def test_the_parts_add_up_in_many_styles(program: str, names: list[str], tmp_path: Path) -> None:
    for name in names:
        found = opened(tmp_path, program, name)
        assert found.explanation.value == pytest.approx(found.explanation.gradient, rel=1e-9)
        assert abs(found.explanation.gradient) == pytest.approx(abs(found.derivative), rel=1e-6)


def test_too_many_paths_are_folded_into_their_sum(tmp_path: Path) -> None:
    layers = "for n, m in ((4, 30), (30, 30), (30, 30), (30, 2))"
    program = f"""\
import numpy as np
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(20, 4)), rng.normal(size=(20, 2))
W = [rng.normal(size=(n, m)) / 6 {layers}]
for _ in range(4):
    a = [X]
    for w in W:
        a.append(np.tanh(a[-1] @ w))
    d = (a[-1] - Y) * (1 - a[-1] ** 2)
    for k in range(3, -1, -1):
        g = a[k].T @ d
        d = (d @ W[k].T) * (1 - a[k] ** 2)
        W[k] = W[k] - 0.01 * g
"""
    found = opened(tmp_path, program, "W[0][1, 2]")
    agrees(found)
    assert 20 <= len(found.explanation.paths) <= 10_000


def test_a_wrong_gradient_is_opened_beside_the_right_number(tmp_path: Path) -> None:
    wrong = edited(NET, ("(dz2 @ W2.T) * a1 * (1 - a1)", "dz2 @ W2.T"))
    found = opened(tmp_path, wrong, "W1[1, 2]")
    assert found.explanation.value == pytest.approx(found.explanation.gradient, rel=1e-12)
    assert found.explanation.gradient != pytest.approx(found.derivative, rel=0.1)


@pytest.mark.parametrize("name", ["W3[0, 0]", "W1", "W1[0]", "W1[3, 0]", "W1[0, 0", "", "z1[0, 0]"])
def test_a_wrong_name_says_which_parameters_there_are(name: str, tmp_path: Path) -> None:
    message = (
        re.escape("the parameters are W1 (3 × 4), b1 (1 × 4), W2 (4 × 2), b2 (1 × 2)")
        + ".*W1\\[0, 0\\]"
    )
    with pytest.raises(InputError, match=message):
        opened(tmp_path, NET, name)


def test_a_weight_that_is_never_moved_has_no_gradient_to_open(tmp_path: Path) -> None:
    still = edited(NET, ("W1 -= 0.1 * dW1", "pass"))
    with pytest.raises(InputError, match="no step changes W1"):
        opened(tmp_path, still, "W1[0, 0]")


def test_the_command_shows_it_in_80_columns(tmp_path: Path) -> None:
    script = write(tmp_path, NET)
    result = run("where", script, "--weight", "W1[0, 2]", cwd=tmp_path)
    assert result.returncode == 0
    text = result.stdout[result.stdout.index("One weight: W1[0, 2]") :]
    assert "error signal, line" in text
    assert "held by the program" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\x1b" not in text
    found = json.loads(
        run("where", script, "--weight", "W1[0, 2]", "--format", "json", cwd=tmp_path).stdout
    )["weight"]
    assert found["name"] == "W1[0, 2]"
    total = sum(path["value"] for path in found["paths"])
    assert total == pytest.approx(found["gradient"], rel=1e-12)
    assert {"name", "formula", "value", "source", "line"} == set(found["paths"][0]["factors"][0])


def test_a_wrong_name_has_status_2(tmp_path: Path) -> None:
    result = run("where", write(tmp_path, NET), "--weight", "V[0]", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith("chainrule: `--weight` 'V[0]' names no")


EXPRESSIONS = [
    "A @ B", "A @ v", "v @ B", "v @ v", "A.dot(B)", "np.dot(v, B)", "np.outer(v, u)", "A.T", "-A",
    "A + row", "A - 1.5", "2.0 * A", "A * row", "A / 4.0", "A / s", "A.sum()", "A.sum(axis=0)",
    "np.sum(A, axis=1, keepdims=True)", "A.mean(axis=-1)", "np.mean(A)", "A[1:, 0]", "A[[2, 0]]",
    "A.reshape(2, 6)", "A.ravel(order='F')", "np.concatenate((A, 2 * A))", "A[:, None, 1]",
    "np.array([s, 2 * s])", "sum([s, v[0], v[1]])", "changed('[0] += v')", "changed('[:, 1] -= u')",
    "changed('[1:] *= 3.0')", "changed('[:] /= s')", "changed('[2] = v')", "np.hstack((u, v))",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_terms_of_an_element_add_up_to_it(expression: str, tmp_path: Path) -> None:
    if expression.startswith("changed"):
        expression = f"A * 1.0\ny{expression[9:-2]}\ny = y * 1.0"
    graph = trace(
        tmp_path,
        "import numpy as np\nr = np.random.default_rng(0)\nA, B = r.normal(size=(3, 4)), "
        "r.normal(size=(4, 5))\nv, u, row = r.normal(size=4), r.normal(size=3), r.normal(size=4)\n"
        f"s = r.normal()\ny = {expression}\n",
    )
    values, node = replay(graph), last_stored(graph, "y")
    while node.number > 6:  # down to what was drawn, to the one value that is computed
        for at in range(int(np.size(values[node.number]))):
            found = terms(node, at, values)
            assert found is not None, node
            total = sum(
                factor * np.prod([np.ravel(values[one.number])[k] for one, k in elements])
                for factor, elements in found
            )
            assert total == pytest.approx(np.ravel(values[node.number])[at], rel=1e-12)
        node = found[0][1][0][0] if found and found[0][1] else graph.nodes[0]
