"""Random edits of the tutorial's network: the verdict is what one step of it, computed, says."""

import ast
import random
from typing import Any

import numpy as np
import pytest
from judging import report_of
from test_where_founding import SOURCE

EDITED = ("transfer_derivative", "backward_propagate_error", "update_weights")
SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 24))]
ROW, EXPECTED = [0.7, -0.4, 1], [0.0, 1.0]


def sites(tree: ast.Module) -> list[ast.BinOp | ast.AugAssign]:
    """The sums and products of the backward pass and the update, indices left out."""
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    found = []
    for function in functions:
        if function.name in EDITED:
            indices = {
                id(inner)
                for one in ast.walk(function)
                if isinstance(one, ast.Subscript)
                for inner in ast.walk(one.slice)
            }
            found += [
                one
                for one in ast.walk(function)
                if isinstance(one, ast.BinOp | ast.AugAssign) and id(one) not in indices
            ]
    return found


def edited(seed: int) -> str:
    """The network with one operator another one, or two factors exchanged."""
    rng = random.Random(seed)
    tree = ast.parse(SOURCE)
    site = rng.choice([one for one in sites(tree) if "len(" not in ast.unparse(one)])
    commutes = isinstance(site, ast.BinOp) and isinstance(site.op, ast.Mult | ast.Add)
    if commutes and rng.random() < 0.4:
        site.left, site.right = site.right, site.left  # type: ignore[union-attr]
    else:
        kinds = (
            (ast.Add, ast.Sub) if isinstance(site, ast.AugAssign) else (ast.Add, ast.Sub, ast.Mult)
        )
        others = [kind for kind in kinds if not isinstance(site.op, kind)]
        site.op = rng.choice(others)()
    return ast.unparse(tree)


def weights_of(network: Any) -> Any:
    return np.array([w for layer in network for neuron in layer for w in neuron["weights"]])


def one_step(program: str) -> tuple[Any, Any]:
    """Return what one step adds to the weights, and the derivative of ½ Σ (a − y)² by them."""
    names: dict[str, Any] = {"__name__": "edited"}
    exec(compile(program, "edited", "exec"), names)
    rng = random.Random(7)
    draw = [[[rng.uniform(-1, 1) for _ in range(n)] for _ in range(k)] for k, n in ((3, 3), (2, 4))]

    def network(moved: int = -1, by: float = 0.0) -> Any:
        flat = iter(range(100))
        return [
            [{"weights": [w + by * (next(flat) == moved) for w in neuron]} for neuron in layer]
            for layer in draw
        ]

    def loss(moved: int, by: float) -> float:
        outputs = names["forward_propagate"](network(moved, by), ROW)
        return 0.5 * sum((a - y) ** 2 for a, y in zip(outputs, EXPECTED, strict=True))

    net = network()
    before = weights_of(net)
    names["forward_propagate"](net, ROW)
    names["backward_propagate_error"](net, EXPECTED)
    names["update_weights"](net, ROW, 0.01)
    slope = [(loss(k, 1e-5) - loss(k, -1e-5)) / 2e-5 for k in range(len(before))]
    return weights_of(net) - before, np.array(slope)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_edit_is_judged_by_what_it_does(seed: int) -> None:
    program = edited(seed)
    added, slope = one_step(program)
    scale = float(added @ slope) / float(slope @ slope)
    is_right = scale < 0 and np.linalg.norm(added - scale * slope) < 1e-6 * np.linalg.norm(added)
    assert report_of(program).verdict == ("correct" if is_right else "wrong")
