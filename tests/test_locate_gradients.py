"""Gradients of recorded programs: equal to differences of replays with other leaves."""

import operator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from derivatives import check_gradient
from foreign import PROGRAMS as SCRIPTS
from foreign import last_stored, trace, traced

from chainrule.locate.cotangents import NotDifferentiable
from chainrule.locate.graph import Graph, Method, Node, Step, write_through
from chainrule.locate.pullbacks import gradients, pullback
from chainrule.locate.replay import replay

NUMPY = """
import numpy as np
rng = np.random.default_rng(0)
a, b = rng.normal(size=(3, 4)), rng.uniform(0.5, 1.0, size=4)
"""
PROGRAMS = {
    "softmax": """
y = np.array([0, 2, 1])
W = rng.normal(size=(4, 3))
scores = a.dot(W) + np.zeros((1, 3))
e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
probs = e / np.sum(e, axis=1, keepdims=True)
data = np.sum(-np.log(probs[range(3), y])) / 3 + 0.5 * 1e-3 * np.sum(W * W)
d = probs
d[range(3), y] -= 1
d /= 3
dW = a.T @ d
loss = data + np.sum(dW ** 2) + d[0].sum()
""",
    "cells written one by one": """
for i in range(3):
    for j in range(4):
        a[i, j] -= 0.5 * b[j] * a[i][j]
a[1][2] = a[0, 0] * 2.0
h = np.zeros(3)
for i in range(3):
    total = 0.0
    for j in range(4):
        total += a[i, j] * b[j]
    h[i] = total
h[-1] *= h[0]
loss = np.tanh(h).sum() + a.sum()
""",
    "operators in place": """
a += b
a[1:] *= a[:-1]
a[:, 1] /= b[:3]
a.T[2] -= 3.0
a[0] **= 2
a[2] %= 0.7
a[1] //= 0.5
v = a.reshape(-1)[3:9]
v += 1.5
c = np.outer(b, b)
c @= np.eye(4) * 0.5 + 0.1
c.T[1:, ::2] += c[1:, ::2] * 0.5
loss = (a * a).sum() + v.mean() + np.einsum('ij,j->', a, b) + np.square(c).sum()
""",
    "masks and indices": """
a[a > 0.5] = 0.25
a[a < -0.5] *= 2.0
a[[0, 2], [1, 1]] += b[:2]
a[[0, 0], [2, 2]] = b[2:]
a[1, [0, 1]] = [b[0] * 2, 0.5]
m = np.where(a > 0, a, 0.1 * a)
m[np.arange(3), [1, 0, 2]] = b[0]
loss = (m * m).sum() + a[[0, 0, 1]].sum() + a[a > 0].prod() + a[::-1, None, 1][0, 0]
""",
    "functions that write": """
np.add.at(a, ([0, 0, 1], [1, 1, 2]), b[0])
np.subtract.at(a, (slice(None), [3, 3]), b[1])
np.exp(a[0], out=a[0])
np.clip(a, -2.0, 2.0, out=a)
np.multiply(a, 2.0, out=a, where=a > 0)
c = np.empty((3, 3))
np.dot(a, a.T, out=c)
np.fill_diagonal(c, b[2])
c.flat[1] = b[1]
np.copyto(c[0], b[:3], where=np.array([True, False, True]))
np.put(c, [7, 8, 7], b[:3])
np.putmask(c, c < -1.0, b)
c[1].sort()
k = np.ones(4)
k.fill(b[3])
s = np.zeros(4)
np.sum(a, axis=0, out=s)
s[1:3].put([0], b[0])
loss = (c * c).sum() + (k * a).sum() + (s * s).sum()
""",
    "views of views": """
flat = a.reshape(-1)
flat[3:6] = 0.25
top, bottom = np.split(a, [1])
bottom[0] += top[0]
corner = a.T[1:3, ::2]
corner[...] = -corner
x, y, z = a
x += y * z
for row in a[:2]:
    row *= b
loss = (flat * np.arange(12)).sum() + (bottom ** 2).sum()
""",
    "scalars in lists": """
import math
w = [0.15, 0.2, [0.25, -0.3]]
x = (0.05, 0.1)
def sig(t): return 1.0 / (1.0 + math.exp(-t))
o = sig(w[0] * x[0] + w[1] * x[1] + 0.35)
p = math.tanh(w[2][0] * o - w[2][1]) ** 2 + abs(w[2][1]) + math.sqrt(o) + math.log(o, 3.0)
q = sum([o, p, w[0]]) + sum((u * v for u, v in zip(w[:2], x)), 0.5) + math.fsum([o, p]) + max(o, p)
r = np.array([[o, p], [q, 0.5]]) @ np.array(w[2])
r[0] -= o
loss = float(r.sum()) + np.sum([o, q]) - o / p + 2 ** o + (-o) + o % 0.3 + np.prod([o, p])
loss = loss + pow(q, 3)
""",
    "matrices": """
X, V = np.matrix(a), np.asmatrix(rng.normal(0.0, 0.4, (4, 4)))
U = np.matrix(b).T
A = np.tanh(X * V)
E = A * U - 1.0
D = np.multiply(E * U.T, 1 - np.power(A, 2))
U -= 0.2 * (A.T * E)
V[0] *= 2.0
V *= np.matrix(np.eye(4) * 0.5 + 0.1)
loss = np.sum(np.square(E)) + D.sum() + U.sum(axis=0)[0, 0] + (V.T * V + np.eye(4)).I.A[0, 1]
loss = loss + A[0].A1[1] + V.mean(1)[0, 0]
""",
    "joined and rearranged": """
a, s = a[:2, :3], 0.7
c = rng.normal(size=(2, 3))
t, u = np.split(np.vstack([a, c]), [1])
m = np.array([x * 2.0 for x in a.tolist()[0]])
parts = [np.concatenate((a, c), axis=1), np.hstack([a, c, a]), np.column_stack((a[:, 0], c)),
         np.c_[np.ones(2), a], np.r_[a[0], c[1]], np.append(a, c), np.insert(a, 0, 1.0, axis=1),
         np.stack([a, c], axis=1), np.tile(a, 2), np.repeat(a, 2, axis=0), np.roll(a, 1), t, u, m,
         np.full(3, s), np.where(a > 0, a, c), np.diag(a[0]), np.triu(a), np.pad(a, 1), np.sort(a),
         np.broadcast_to(s, (2, 2)), np.linspace(s, 2.0, 3), *np.meshgrid(a[0], c[0])]
loss = 0.0
for part in parts:
    loss = loss + (np.tanh(part) * np.arange(part.size).reshape(part.shape)).sum()
loss = loss + np.std(a) + np.linalg.norm(c) + np.var(a, axis=0).sum() + np.cumsum(a)[3]
loss = loss + np.inner(a, c)[0, 0] + np.tensordot(a, c, axes=2) + np.add.reduce(a)[0]
loss = loss + np.multiply.outer(a[0], c[0])[1, 2] + np.trace(a @ c.T) + a.flat[3] + a.max()
""",
    "single precision stays differentiable": """
loss = np.sum(np.tanh(a.astype(np.float64)).copy() @ np.float64(b)) + np.asarray(a)[0].item(1)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_gradient_of_a_program(name: str, tmp_path: Path) -> None:
    graph = trace(tmp_path, NUMPY + PROGRAMS[name])
    check_gradient(graph, last_stored(graph, "loss"))


@pytest.mark.parametrize("name", ["closures", "dict_rows", "element_loops", "matrices"])
def test_gradients_of_values_in_training(name: str) -> None:
    (script,) = (path for path in SCRIPTS if path.stem == name)
    graph = traced(script).run.graph
    numbers = [store.node for store in graph.stores if graph.nodes[store.node].function][:300]
    for number in numbers[40::40]:
        check_gradient(graph, graph.nodes[number])


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    return trace(tmp_path, "w, x = 0.5, 3.0\nh = w * x\nloss = h * h + h\n")


def test_contributions_add_up_to_the_gradients(graph: Graph) -> None:
    loss, h = last_stored(graph, "loss"), last_stored(graph, "h")
    parts: dict[tuple[int, int, int], Any] = {}
    found = gradients({loss.number: 1.0}, graph.nodes, replay(graph), contributions=parts)
    assert [parts[key] for key in sorted(parts) if key[2] == h.number] == [1.5, 1.5, 1.0]
    for number, cotangent in found.items():
        if number != loss.number:
            assert cotangent == sum(part for key, part in parts.items() if key[2] == number)
    w, x = h.arguments
    assert (found[w.number], found[x.number]) == (12.0, 2.0)


def test_a_boundary_is_not_passed(graph: Graph) -> None:
    loss, h = last_stored(graph, "loss"), last_stored(graph, "h")
    found = gradients({loss.number: 1.0}, graph.nodes, replay(graph), {h.number})
    assert found[h.number] == 4.0
    assert not {node.number for node in h.arguments} & set(found)


def test_the_sweep_starts_at_every_seed_and_passes_the_order_only(graph: Graph) -> None:
    loss, h = last_stored(graph, "loss"), last_stored(graph, "h")
    seeds = {loss.number: 1.0, h.number: 10.0}
    assert gradients(seeds, graph.nodes, replay(graph))[h.number] == 14.0
    assert gradients(seeds, [loss], replay(graph))[h.number] == 11.0


def test_an_operation_without_derivative_is_found_by_its_node(tmp_path: Path) -> None:
    graph = trace(tmp_path, NUMPY + "c = np.convolve(b, b)\nloss = c.sum()\n")
    seeds = {last_stored(graph, "loss").number: 1.0}
    with pytest.raises(NotDifferentiable, match="convolve") as caught:
        gradients(seeds, graph.nodes, replay(graph))
    assert caught.value.node is last_stored(graph, "c")


def write(function: Any, *arguments: Any, **keywords: Any) -> list[Any]:
    """The pullback of function(array, *arguments) in place, of an array of four numbers."""
    array = Node(0, None, (), {}, 0)
    change = (array, (), function, (None, *arguments), 0, keywords)
    node = Node(1, write_through, change, {}, 0)
    return pullback(node, {0: np.arange(4.0), 1: np.arange(4.0)}, np.ones(4))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [(Method("partition"), (2,)), (np.multiply.at, ([0, 0], 2.0)), (np.copyto, ())],
)
def test_changes_without_derivative_are_named(function: Any, arguments: Any) -> None:
    with pytest.raises(NotDifferentiable, match=function.__name__.replace("at", "at|multiply")):
        write(function, *arguments)


def test_constants_written_leave_nothing_of_what_was_there() -> None:
    ((_, cotangent),) = write(np.put, [0, 2], 5)
    np.testing.assert_array_equal(cotangent, [0, 1, 0, 1])
    ((_, cotangent),) = write(operator.setitem, slice(1, 3), 7)
    np.testing.assert_array_equal(cotangent, [1, 0, 0, 1])


def test_a_change_of_what_is_no_view_is_refused() -> None:
    step = Step(operator.getitem, (None, [0, 1]), {}, 0)
    change: Any = (Node(0, None, (), {}, 0), (step,), operator.iadd, (None, 1.0), 0, {})
    with pytest.raises(NotDifferentiable, match="iadd into a copy"):
        pullback(Node(1, write_through, change, {}, 0), [np.ones(3), np.ones(3)], np.ones(3))
