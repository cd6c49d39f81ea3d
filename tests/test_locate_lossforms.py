"""What a loss is called, by its derivative at the predictions."""

import pytest
from handwritten import DEEP, LAYERS, NET, NEURONS, RNN
from judging import edited, judged, line_of, report_of

from chainrule.locate.lossforms import FORMULAS
from chainrule.locate.lossnames import descended_scale, penalties, squared_name

SIGNAL = "dz2 = (a2 - T) * a2 * (1 - a2)"
PRINTED = "0.5 * np.sum((a2 - T) ** 2)"
LINEAR = ("a2 = sigmoid(z2)", "a2 = z2")
BINARY = "-np.sum(T * np.log(a2) + (1 - T) * np.log(1 - a2))"
CODED = ("W1, b1 =", "S, Y = np.where(T > 0.5, 1.0, -1.0), np.eye(2)[[0, 1, 1, 0, 1, 0]]\nW1, b1 =")
SOFTMAX = ("a2 = sigmoid(z2)", "e = np.exp(z2)\n    a2 = e / e.sum(axis=1)[:, None]")
LOGARITHMS = ("a2 = sigmoid(z2)", "s = z2 - z2.max(axis=1)[:, None]\n    "
              "a2 = s - np.log(np.exp(s).sum(axis=1)[:, None])")  # fmt: skip
POSITIVE = ("a2 = sigmoid(z2)", "a2 = z2 + 6")
ELEMENTS = ("(T[i, j] * np.log(a2[i, j]) + (1 - T[i, j]) * np.log(1 - a2[i, j]) "
            "for i, j in np.ndindex(6, 2))")  # fmt: skip
DECAYED = [(f"{w} -= 0.1 * d{w}", f"{w} -= 0.1 * (d{w} + 0.02 * {{}})") for w in ("W1", "W2")]
ABSOLUTE = [(old, new.format(f"np.sign({old[:2]})")) for old, new in DECAYED]
SQUARED = [(old, new.format(old[:2])) for old, new in DECAYED]
Edits = list[tuple[str, str]]
NAMED: dict[str, tuple[Edits, str]] = {
    "half": ([], "half_squared_error"),
    "sum": ([(SIGNAL, "dz2 = 2 * (a2 - T) * a2 * (1 - a2)"), (PRINTED, "np.sum((a2 - T) ** 2)")],
            "sum_squared_error"),
    "mean": ([(SIGNAL, "dz2 = 2 * (a2 - T) / T.size * a2 * (1 - a2)"),
              (PRINTED, "np.mean((a2 - T) ** 2)")], "mean_squared_error"),
    "mean of rows": ([(SIGNAL, "dz2 = (a2 - T) / len(X) * a2 * (1 - a2)"),
                      (PRINTED, "np.sum((a2 - T) ** 2) / (2 * len(X))")], "mean_squared_error"),
    "linear": ([LINEAR, (SIGNAL, "dz2 = a2 - T")], "half_squared_error"),
    "binary": ([(SIGNAL, "dz2 = a2 - T"), (PRINTED, BINARY)], "binary_cross_entropy"),
    "binary by output": ([(SIGNAL, "da2 = -(T / a2) + (1 - T) / (1 - a2)\n    "
                           "dz2 = da2 * a2 * (1 - a2)"), (PRINTED, BINARY)],
                         "binary_cross_entropy"),
    "softmax": ([CODED, SOFTMAX, (SIGNAL, "dz2 = a2 - Y"), (PRINTED, "-np.sum(Y * np.log(a2))")],
                "softmax_cross_entropy"),
    "hinge": ([CODED, LINEAR, (SIGNAL, "dz2 = np.where(S * a2 < 1, -S, 0.0)"),
               (PRINTED, "np.sum(np.maximum(0, 1 - S * a2))")], "hinge"),
    "poisson": ([("a2 = sigmoid(z2)", "a2 = np.exp(z2)"), (SIGNAL, "dz2 = a2 - T"),
                 (PRINTED, "np.sum(a2 - T * np.log(a2))")], "poisson"),
    "log-probabilities": ([CODED, LOGARITHMS, (SIGNAL, "dz2 = np.exp(a2) - Y"),
                           (PRINTED, "-np.sum(a2[range(6), [0, 1, 1, 0, 1, 0]])")],
                          "softmax_cross_entropy"),
    "logits": ([LINEAR, (SIGNAL, "dz2 = sigmoid(a2) - T"),
                (PRINTED, "np.sum(np.maximum(a2, 0) - a2 * T + np.log1p(np.exp(-np.abs(a2))))")],
               "binary_cross_entropy"),
    "logarithm of a rate": ([LINEAR, (SIGNAL, "dz2 = np.exp(a2) - T"),
                             (PRINTED, "np.sum(np.exp(a2) - T * a2)")], "poisson"),
    "one by one": ([(SIGNAL, "dz2 = a2 - T"), (PRINTED, f"-sum{ELEMENTS}")],
                   "binary_cross_entropy"),
    "distance": ([POSITIVE, (SIGNAL, "dz2 = np.sign(a2 - T)"),
                  (PRINTED, "np.sum(np.abs(a2 - T))")], "absolute_error"),
    "larger difference": ([POSITIVE, (SIGNAL, "dz2 = np.where(a2 > T, 1.0, -1.0)"),
                           (PRINTED, "np.sum(np.maximum(a2 - T, T - a2))")], "absolute_error"),
    "of two terms": ([LINEAR, (SIGNAL, "dz2 = a2 - T + 0.1 * a2**3"),
                      (PRINTED, "0.5 * np.sum((a2 - T) ** 2) + 0.025 * np.sum(a2**4)")], "unknown"),
    "of hidden units": ([("(dz2 @ W2.T) * a1", "(dz2 @ W2.T + 0.3 * a1) * a1"),
                         (PRINTED, f"{PRINTED} + 0.15 * np.sum(a1**2)")], "unknown"),
    "ridge": ([*SQUARED, (PRINTED, f"{PRINTED} + 0.01 * (np.sum(W1**2) + np.sum(W2**2))")],
              "half_squared_error + l2"),
    "lasso": ([*ABSOLUTE, (PRINTED, f"{PRINTED} + 0.02 * (abs(W1).sum() + abs(W2).sum())")],
              "half_squared_error + l1"),
}  # fmt: skip


@pytest.mark.parametrize("which", NAMED)
def test_a_written_loss_has_its_name(which: str) -> None:
    edits, name = NAMED[which]
    program = edited(NET, *edits)
    report = report_of(program)
    assert report.verdict == "correct"
    assert report.loss is not None
    assert (report.loss.name, report.loss.shown) == (name, "equal")
    assert report.loss.stated_at == line_of(program, "print(epoch")
    assert report.loss.scale == pytest.approx(1)
    assert report.loss.formula.startswith(FORMULAS[name.partition(" + ")[0]])


@pytest.mark.parametrize(
    "which", ["half", "sum", "mean of rows", "linear", "binary", "binary by output", "softmax"]
)
def test_a_loss_that_is_nowhere_written_has_the_same_name(which: str) -> None:
    edits, name = NAMED[which]
    report = report_of(edited(edited(NET, *edits), ("print(epoch, ", "pass  # (")))
    assert report.verdict == "correct"
    assert report.loss is not None
    assert (report.loss.name, report.loss.shown, report.loss.stated_at) == (name, "none", None)


@pytest.mark.parametrize("quotient", ["-Y / a2", "-(Y / a2)", "-1.0 * Y / a2"])
def test_a_label_over_the_output_may_be_negated_before_or_after(quotient: str) -> None:
    slope = f"da2 = {quotient}\n    dz2 = a2 * (da2 - (a2 * da2).sum(axis=1)[:, None])"
    report = report_of(edited(NET, CODED, SOFTMAX, (SIGNAL, slope), (PRINTED, "0")))
    assert report.verdict == "correct"
    assert report.loss is not None
    assert (report.loss.name, report.loss.shown) == ("softmax_cross_entropy", "none")


def test_picked_probabilities_are_those_of_a_softmax() -> None:
    """Their labels are all 1, where binary cross-entropy has the same gradient."""
    slope = """da2, one = np.zeros((6, 2)), np.ones(6)
    da2[range(6), [0, 1, 1, 0, 1, 0]] = -one / a2[range(6), [0, 1, 1, 0, 1, 0]]
    dz2 = a2 * (da2 - (a2 * da2).sum(axis=1)[:, None])"""
    report = report_of(edited(NET, SOFTMAX, (SIGNAL, slope), (PRINTED, "0")))
    assert report.verdict == "correct"
    assert report.loss is not None
    assert report.loss.name == "softmax_cross_entropy"


def test_the_gradient_may_be_a_multiple_of_that_of_the_loss() -> None:
    report = report_of(edited(NET, (SIGNAL, "dz2 = 3 * (a2 - T) * a2 * (1 - a2)")))
    assert report.verdict == "correct"
    assert report.loss is not None
    assert report.loss.shown == "scaled"
    assert report.loss.scale == pytest.approx(3)


def test_a_missing_slope_at_the_output_is_another_loss_than_the_one_shown() -> None:
    report = report_of(edited(NET, (SIGNAL, "dz2 = a2 - T")))
    assert report.loss is not None
    assert (report.loss.name, report.loss.shown) == ("binary_cross_entropy", "different")


@pytest.mark.parametrize(
    ("program", "penalized"), [(NET, {}), (LAYERS, {}), (NEURONS, {}), (RNN, {}), (DEEP, {})]
)
def test_decay_in_the_update_is_no_penalty_in_the_loss(
    program: str, penalized: dict[int, str]
) -> None:
    assert penalties(judged(program).reading) == penalized


@pytest.mark.parametrize(("which", "kind"), [("ridge", "l2"), ("lasso", "l1")])
def test_penalties_are_of_the_weights_that_the_loss_holds(which: str, kind: str) -> None:
    one = judged(edited(NET, *NAMED[which][0]))
    learned = {node.number: each.name for each in one.reading.step.learned for node in each.old}
    found = penalties(one.reading)
    assert {learned[number]: found[number] for number in found} == {"W1": kind, "W2": kind}


@pytest.mark.parametrize(
    ("scale", "sizes", "name"),
    [
        (1.0, [6, 12], "half_squared_error"),
        (2.0, [6, 12], "sum_squared_error"),
        (1 / 6, [6, 12], "mean_squared_error"),
        (2 / 12, [12], "mean_squared_error"),
        (0.37, [6, 12], "half_squared_error"),
    ],
)
def test_scale_alone_tells_squared_errors_apart(scale: float, sizes: list[int], name: str) -> None:
    assert squared_name(scale, sizes) == name


@pytest.mark.parametrize(
    ("held", "scale"), [([], 1), ([-2.0, 2.0, 5.0], 2), ([1.0, 1.0 + 1e-12, 3.0, 3.1], 1)]
)
def test_the_common_factor_is_the_loss_s(held: list[float], scale: float) -> None:
    assert descended_scale(held) == pytest.approx(scale)
