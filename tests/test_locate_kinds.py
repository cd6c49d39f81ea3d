"""The kind of a fault, where one that looks like it is of another kind."""

import pytest
from handwritten import LAYERS, NET, RNN
from judging import edited, line_of, only_fault, report_of

SIGNAL = "dz2 = (a2 - T) * a2 * (1 - a2)"
HIDDEN = "(dz2 @ W2.T) * a1 * (1 - a1)"
SPLIT = edited(NET, ("dz1 = " + HIDDEN, "da1 = dz2 @ W2.T\n    slope = a1 * (1 - a1)\n"
                     "    dz1 = da1 * slope"))  # fmt: skip
SKIP = edited(
    NET,
    ("z2 = a1 @ W2 + b2", "z2 = a1 @ W2 + b2 + a1[:, :2]"),
    ("dz1 = " + HIDDEN, "da1 = dz2 @ W2.T\n    da1[:, :2] += dz2\n    dz1 = da1 * a1 * (1 - a1)"),
)
SQUARE = edited(
    NET,
    ("size=(6, 2))", "size=(6, 4))"),
    ("size=(4, 2)), np.zeros((1, 2))", "size=(4, 4)), np.zeros((1, 4))"),
)
LINEAR = edited(NET, ("a2 = sigmoid(z2)", "a2 = z2"), (SIGNAL, "dz2 = a2 - T"))
LOOP = edited(
    LAYERS,
    ("    grad = second.backward(head.backward())\n    first.backward(relu.backward(grad))",
     "    grad = head.backward()\n    for layer in (second, relu, first):\n"
     "        grad = layer.backward(grad)"),
)  # fmt: skip
# a residual block
BLOCKS = edited(
    LOOP,
    ("class Relu:", "class Block(Dense):\n    def forward(self, x):\n"
     "        return x + super().forward(x)\n\n    def backward(self, grad):\n"
     "        super().backward(grad)\n        dx = grad + grad @ self.weights.T\n"
     "        return dx\n\n\nclass Relu:"),
    ("Dense(3, 6, rng)", "Dense(3, 3, rng)"),
    ("Dense(6, 3, rng)", "Block(3, 3, rng)"),
)  # fmt: skip
TWO = edited(
    NET,
    ("W2, b2 = ", "V2 = rng.normal(size=(4, 2))\nW2, b2 = "),
    ("z2 = a1 @ W2 + b2", "z2 = a1 @ W2 + np.tanh(a1 @ V2) + b2"),
    ("    dz1 = " + HIDDEN, "    dv = dz2 * (1 - np.tanh(a1 @ V2) ** 2)\n    dV2 = a1.T @ dv\n"
     "    da1 = dz2 @ W2.T + dv @ V2.T\n    dz1 = da1 * a1 * (1 - a1)"),
    ("    W2 -= 0.1", "    V2 -= 0.1 * dV2\n    W2 -= 0.1"),
)  # fmt: skip
KINDS = [
    (SPLIT, ("slope = a1 * (1 - a1)", "slope = 1 - a1**2"), "slope =", "wrong-derivative"),
    (SPLIT, ("slope = a1 * (1 - a1)", "slope = z1 * (1 - z1)"), "slope =", "wrong-derivative"),
    (SPLIT, ("slope = a1 * (1 - a1)", "slope = sigmoid(a1) * (1 - sigmoid(a1))"), "slope =",
     "wrong-derivative"),
    (SPLIT, ("da1 * slope", "da1"), "dz1 =", "missing-factor"),
    (SPLIT, ("da1 * slope", "da1 * slope * slope"), "dz1 =", "extra-factor"),
    (SPLIT, ("X.T @ dz1", "X.T @ da1"), "dW1 =", "missing-factor"),
    (SPLIT, ("db1 = dz1.sum", "db1 = da1.sum"), "db1 =", "missing-factor"),
    (SPLIT, ("da1 = dz2", "da1 = -dz2"), "da1 =", "wrong-sign"),
    (NET, (HIDDEN, HIDDEN + " * 2"), "dz1 =", "wrong-scale"),
    (NET, (HIDDEN, "-" + HIDDEN), "dz1 =", "wrong-sign"),
    (NET, ("db2 = dz2.sum", "db2 = -dz2.sum"), "db2 =", "wrong-sign"),
    (NET, ("dz2.sum(axis=0, keepdims=True)", "dz2.sum(keepdims=True)"), "db2 =", "wrong-sum"),
    (NET, ("X.T @ dz1", "X.T @ (dz1 * z1)"), "dW1 =", "extra-factor wrong-operand"),
    (SQUARE, ("dz2 @ W2.T", "dz2 @ W2"), "dz1 =", "wrong-operand"),
    (SKIP, ("    da1[:, :2] += dz2\n", ""), "da1 =", "missing-path"),
    (NET, (SIGNAL, "dz2 = 0.5 * (a2 - T) ** 2 * a2 * (1 - a2)"), "dz2 =",
     "loss-value-as-gradient"),
    (LINEAR, ("dz2 = a2 - T", "dz2 = (a2 - T) ** 2"), "dz2 =", "loss-value-as-gradient"),
    (TWO, ("dW2 = a1.T @ dz2", "dW2 = a1.T @ (dz2 * (1 - np.tanh(a1 @ V2) ** 2))"), "dW2 =",
     "wrong-operand extra-factor"),
    (TWO, ("dV2 = a1.T @ dv", "dV2 = a1.T @ dz2"), "dV2 =", "missing-factor"),
    (NET, (HIDDEN, "(dz2 @ W2.T) * sigmoid(a1) * (1 - sigmoid(a1))"), "dz1 =", "wrong-derivative"),
    (TWO, ("dz2 @ W2.T + dv @ V2.T", "dz2 @ W2.T + dv @ W2.T"), "da1 =", "wrong-operand"),
    (TWO, ("dz2 @ W2.T + dv @ V2.T", "dz2 @ W2.T - dv @ V2.T"), "da1 =", "wrong-sign"),
    (TWO, ("dz2 @ W2.T + dv @ V2.T", "dz2 @ W2.T + 2 * dv @ V2.T"), "da1 =", "wrong-scale"),
    (TWO, ("dz2 @ W2.T + dv @ V2.T", "dz2 @ W2.T"), "da1 =", "missing-path"),
    (LOOP, ("grad[np.arange(len(self.labels)), self.labels] -= 1", "grad[:, self.labels] -= 1"),
     "self.labels] -= 1", "wrong-operand wrong-derivative"),
    (LOOP, ("return grad * self.mask", "return grad  # as it is"), "# as it is", "missing-factor"),
    (BLOCKS, ("dx = grad + grad", "dx = grad"), "dx =", "missing-path"),
    (RNN, ("dhraw, xs[t].T", "dhraw, xs[0].T"), "dWxh +=", "wrong-operand"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "edit", "where", "kinds"), KINDS)
def test_kinds_are_told_apart(program: str, edit: tuple[str, str], where: str, kinds: str) -> None:
    changed = edited(program, edit)
    fault = only_fault(report_of(changed))
    assert (fault.line, fault.kind in kinds.split()) == (line_of(changed, where), True), fault


@pytest.mark.parametrize("program", [SPLIT, SKIP, SQUARE, LINEAR, TWO, LOOP, BLOCKS])
def test_they_were_right_before(program: str) -> None:
    assert report_of(program).verdict == "correct"
