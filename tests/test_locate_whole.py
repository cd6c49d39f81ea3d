"""Parameters changed as a whole, told from what begins or ends within a step."""

from pathlib import Path
from textwrap import dedent

from foreign import traced, write
from steps import changed, program

from chainrule.locate.parameters import enough
from chainrule.locate.program import Limits


def test_parameters_that_begin_as_integers(tmp_path: Path) -> None:
    """Integers are not followed: a chain begins at the first step, made by its own line."""
    text = """
    import math
    w, u, v = [1, -1], [0, 1], [1, 0]
    for x, y in 2 * [(0.5, 0.2), (0.1, 0.7), (-0.4, 0.3)]:
        hidden = [1 / (1 + math.exp(-(a * x + b))) for a, b in zip(w, v)]
        out = 1 / (1 + math.exp(-(hidden[0] * u[0] + hidden[1] * u[1])))
        delta = (out - y) * out * (1 - out)
        for k in range(2):
            back = delta * u[k] * hidden[k] * (1 - hidden[k])
            u[k] -= 0.5 * delta * hidden[k]
            w[k] -= 0.5 * back * x
            v[k] -= 0.5 * back
    """
    found = changed(program(tmp_path, text))
    assert set(found) == {f"{name}[{k}]" for name in "uwv" for k in range(2)}


def test_a_carry_through_time_is_no_parameter(tmp_path: Path) -> None:
    """dh = dh − dh · z changes by a term computed from it, three times before any weight does."""
    text = """
    import numpy as np
    rng = np.random.default_rng(0)
    W, U, V = (0.5 * rng.normal(size=(3, 3)) for _ in range(3))
    xs, y = rng.normal(size=(7, 3)), rng.normal(size=3)
    for _ in range(3):
        hs, zs = [np.zeros(3)], []
        for x in xs:
            zs.append(1 / (1 + np.exp(-(U @ x))))
            hs.append(zs[-1] * hs[-1] + (1 - zs[-1]) * np.tanh(W @ x))
        e = np.exp(V @ hs[-1])
        dy = e / e.sum() - y
        dh = V.T @ dy
        dW, dU = np.zeros((3, 3)), np.zeros((3, 3))
        for x, h, z in list(zip(xs, hs, zs))[::-1]:
            c = np.tanh(W @ x)
            dW += np.outer(dh * (1 - z) * (1 - c ** 2), x)
            dU += np.outer(dh * (h - c) * z * (1 - z), x)
            dh = dh - dh * (1 - z)
        V -= 0.1 * np.outer(dy, hs[-1])
        W -= 0.1 * dW
        U -= 0.1 * dU
    """
    run, _ = traced(write(tmp_path, dedent(text)), limits=Limits(watch=enough))
    assert set(changed(run)) == {"W", "U", "V"}
