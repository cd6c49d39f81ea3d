"""Answers of `where`, made by hand, and the program that they are about."""

from dataclasses import replace

from chainrule.locate.record import Factor, Fault, Line, Loss, Note, Parameter, Report, Unlabelled

SOURCE = """\
import numpy as np

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = np.array([[0.0], [1.0], [1.0], [0.0]])
rng = np.random.default_rng(1)
W1, W2 = rng.normal(size=(2, 4)), rng.normal(size=(4, 1))


def sigma(z):
    return 1 / (1 + np.exp(-z))


def step(X, y):
    global W1, W2
    hidden = sigma(X @ W1)
    out = sigma(hidden @ W2)
    error = y - out
    delta2 = error * out * (1 - out)
    delta1 = delta2 @ W2.T * hidden * (1 - hidden)
    W2 += 0.5 * hidden.T @ delta2
    W1 += 0.5 * X.T @ delta1


for _ in range(100):
    step(X, y)
"""
LINES = SOURCE.split("\n")


def backward(line: int, role: str, partial: str, value: str, **known: object) -> Line:
    return Line(line, line, "step", role, partial, value, **known)  # type: ignore[arg-type]


RIGHT = Report(
    script="xor.py",
    verdict="correct",
    uses_chain_rule=True,
    loss=Loss("half_squared_error", "½ Σ (a − y)²"),
    parameters=(
        Parameter("W1", (2, 4), (21,), "correct"),
        Parameter("W2", (4, 1), (20,), "correct"),
    ),
    lines=(
        backward(15, "forward", "hidden", "hidden"),
        backward(16, "forward", "out", "out"),
        backward(17, "error_signal", "∂J/∂out", "error", sign=-1),
        backward(
            *(18, "chain_rule", "∂J/∂z2", "delta2"),
            factors=(Factor("∂J/∂out", 17), Factor("∂out/∂z2", 18)),
            sign=-1,
        ),
        backward(
            *(19, "chain_rule", "∂J/∂z1", "delta1"),
            factors=(Factor("∂J/∂z2", 18), Factor("∂z2/∂hidden", None), Factor("∂hidden/∂z1", 19)),
            sum_over="next-layer units",
            sign=-1,
            times=4,
        ),
        backward(
            *(20, "parameter_gradient", "∂J/∂W2", "hidden.T @ delta2"),
            factors=(Factor("∂J/∂z2", 18), Factor("∂z2/∂W2", 15)),
            sum_over="rows",
            sign=-1,
            temporary=False,
        ),
        backward(20, "update", "W2 − 0.5 ∂J/∂W2", "W2"),
        backward(
            *(21, "parameter_gradient", "∂J/∂W1", "X.T @ delta1"),
            factors=(Factor("∂J/∂z1", 19), Factor("∂z1/∂W1", 3)),
            sum_over="rows",
            sign=-1,
            temporary=False,
        ),
        backward(21, "update", "W1 − 0.5 ∂J/∂W1", "W1"),
    ),
)
FAULT = Fault(
    line=19,
    function="step",
    kind="missing-factor",
    parameters=("W1",),
    found="∂J/∂hidden",
    expected="∂J/∂hidden · ∂hidden/∂z1",
    repair="multiply by hidden * (1 - hidden)",
    message="`delta1` lacks the derivative of sigma at the hidden layer",
)
WRONG = replace(
    RIGHT,
    verdict="wrong",
    parameters=(replace(RIGHT.parameters[0], gradient="wrong"), RIGHT.parameters[1]),
    faults=(FAULT,),
    notes=(
        Note(17, "shown-loss-differs", "the error that is printed is another loss"),
        Note(None, "saturated", "every hidden unit is saturated from the 2nd step on"),
    ),
    unlabelled=(Unlabelled(16, "value does not depend on a parameter"),),
)
UNKNOWN = Report("xor.py", "unknown", "no value is changed step by step")
HOSTILE = replace(
    WRONG,
    script="pro be/naïve|名前<b>&`x`*,:%.py",
    parameters=(replace(RIGHT.parameters[0], name="<script>alert('W1')</script>"),),
    lines=(
        *RIGHT.lines,
        replace(RIGHT.lines[2], value="größe['δ']|`名`\x1b[2J", partial="∂J/∂größe['<δ>']"),
        replace(RIGHT.lines[3], scale=float("nan")),
    ),
    faults=(replace(FAULT, message='a "message"\nwith <b>lines</b>, 100 %: & more\x1b[2J'),),
)
CELLS = replace(WRONG, script="xor.ipynb", cells=(1, 9, 13))
