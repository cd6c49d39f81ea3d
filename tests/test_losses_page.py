"""The page docs/losses.md says what the records of the losses say, and its examples run."""

import doctest
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gammaln, xlogy
from sklearn import metrics, neural_network

from chainrule import LOSSES, MLPRegressor, check_gradients
from chainrule.activations import logistic, softmax
from chainrule.chain import Array, backward, forward
from chainrule.links import LossSum
from chainrule.losses import FUSED
from chainrule.names import SYNONYMS
from chainrule.network import OUTPUT_ACTIVATIONS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "losses.md").read_text(encoding="utf-8")
ROWS, OUTPUTS = 5, 3


def table(first_column: str) -> list[list[str]]:
    """The rows of the table whose first heading is this; `\\|` in a cell is a bar."""
    lines = PAGE.split(f"\n| {first_column} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[cell.strip().replace(r"\|", "|") for cell in row] for row in cells]


def code(cell: str) -> str:
    """What a cell has between its only pair of backticks."""
    assert cell.startswith("`")
    assert cell.endswith("`")
    assert cell.count("`") == 2
    return cell[1:-1]


DELTAS, RECORDS, PAIRS = table("delta"), table("loss"), table("output activation")
ELSEWHERE = table("here")


def targets(loss: str, random: np.random.Generator) -> Array:
    if loss == "poisson":
        return random.integers(0, 6, (ROWS, OUTPUTS)).astype(float)
    if loss in ("binary_cross_entropy", "categorical_cross_entropy"):
        return np.eye(OUTPUTS)[random.integers(0, OUTPUTS, ROWS)]
    return random.normal(scale=2.0, size=(ROWS, OUTPUTS))


def delta_of(output: str, loss: str, z: Array, y: Array) -> Array:
    """∂ℓ/∂z by the chain rule: the loss's derivative pulled back through the output activation."""
    links = [OUTPUT_ACTIVATIONS[output], LossSum(LOSSES[loss], y)]
    delta: Array = backward(links, forward(links, z)[1])[0]
    return delta


@pytest.mark.parametrize(("delta", "of_z", "loss", "output"), DELTAS)
def test_each_delta_is_that_of_its_pair(delta: str, of_z: str, loss: str, output: str) -> None:
    random = np.random.default_rng(3)
    z = random.normal(scale=1.5, size=(ROWS, OUTPUTS))
    y = targets(loss, random)
    names = {"np": np, "z": z, "y": y, "k": OUTPUTS}
    a = eval(code(of_z), names)
    np.testing.assert_allclose(a, OUTPUT_ACTIVATIONS[output].forward(z)[0], rtol=1e-12)
    written = eval(code(delta), names | {"a": a})
    np.testing.assert_allclose(written, delta_of(output, loss, z, y), rtol=1e-9, atol=1e-12)
    if (output, loss) in FUSED:
        np.testing.assert_allclose(written, FUSED[output, loss].derivative(z, y), rtol=1e-9)


def test_the_deltas_name_every_loss_and_every_fused_pair() -> None:
    named = {(output, loss) for _, _, loss, output in DELTAS}
    assert {loss for _, loss in named} == {record.name for record in LOSSES.values()}
    assert set(FUSED) <= named
    _, _, *tutorial = DELTAS[8]  # "the ninth row" in the text
    assert tutorial == ["half_squared_error", "logistic"]


def test_the_table_of_losses_is_the_one_in_the_code() -> None:
    shown = {}
    for names, formula, derivative, outputs, _ in RECORDS:
        for name in names.split(", "):
            choices = () if outputs == "any" else tuple(outputs.split(", "))
            shown[code(name)] = (code(formula), code(derivative), choices)
    coded = {k: (r.formula, r.derivative_formula, r.outputs) for k, r in LOSSES.items()}
    assert shown == coded
    for names, *_ in RECORDS:  # the names of a row are those of one record, its own first
        first, *others = [code(name) for name in names.split(", ")]
        assert LOSSES[first].name == first
        assert all(LOSSES[other] is LOSSES[first] for other in others)


def test_the_table_of_fused_pairs_is_the_one_in_the_code() -> None:
    shown = {(out, name): (code(value), code(slope)) for out, name, value, slope in PAIRS}
    coded = {pair: (loss.formula, loss.derivative_formula) for pair, loss in FUSED.items()}
    assert shown == coded


def test_every_example_prints_what_the_page_shows() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "losses.md", None, 0)
    assert len(blocks) == sum(block.startswith(">>> ") for block in blocks)
    assert len(examples.examples) > len(blocks)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert not said, "".join(said)


def test_squared_error_on_softmax_without_its_other_paths_is_the_delta_of_no_loss() -> None:
    """A gradient's own derivatives are symmetric, ∂δ₀/∂z₁ = ∂δ₁/∂z₀; these are not."""
    y = np.array([[1.0, 0.0, 0.0]])

    def crossed(delta_of_a: Callable[[Array], Array], i: int, j: int) -> float:
        z = np.array([[0.3, -0.4, 0.1]], dtype=complex)
        z[0, j] += 1e-30j
        return float(delta_of_a(softmax(z))[0, i].imag / 1e-30)

    def missing(a: Array) -> Array:
        return (a - y) * a * (1 - a)

    def whole(a: Array) -> Array:
        return a * (a - y - np.sum((a - y) * a, axis=1, keepdims=True))

    assert crossed(whole, 0, 1) == pytest.approx(crossed(whole, 1, 0), rel=1e-12)
    assert abs(crossed(missing, 0, 1) - crossed(missing, 1, 0)) > 0.01


def test_difference_on_tanh_is_cross_entropy_of_targets_of_both_signs() -> None:
    z, y = np.array([[0.3, -2.0, 0.7]]), np.array([[1.0, -1.0, -1.0]])

    def cross_entropy(z: Array) -> Array:
        return LOSSES["binary_cross_entropy"].value((1 + np.tanh(z)) / 2, (1 + y) / 2).sum()

    assert check_gradients(cross_entropy, z, np.tanh(z) - y).ok


def test_two_softmax_outputs_are_one_logistic_output() -> None:
    z = np.random.default_rng(0).normal(size=(ROWS, 2))
    assert softmax(z)[:, 1] == pytest.approx(logistic(z[:, 1] - z[:, 0]))


def test_scikit_learns_metrics_are_what_the_page_says() -> None:
    random = np.random.default_rng(1)
    a, y = random.normal(size=(2, ROWS, OUTPUTS))
    squared, absolute = (
        LOSSES[name].value(a, y).mean() for name in ("mean_squared_error", "absolute_error")
    )
    assert metrics.mean_squared_error(y, a) == pytest.approx(squared)
    assert metrics.mean_absolute_error(y, a) == pytest.approx(absolute / OUTPUTS)


def test_scikit_learns_poisson_loss_has_the_same_gradient_and_another_constant() -> None:
    random = np.random.default_rng(2)
    X = random.normal(size=(30, 2))
    y = random.poisson(np.exp(X))
    ours, theirs = (
        regressor("poisson", (), solver="sgd", alpha=0, learning_rate_init=0.1, random_state=0)
        for regressor in (MLPRegressor, neural_network.MLPRegressor)
    )
    ours.fit(X, y)
    theirs.fit(X, y)
    np.testing.assert_allclose(ours.coefs_[0], theirs.coefs_[0])
    constants = gammaln(y + 1) - (xlogy(y, y) - y)
    assert ours.loss_ - theirs.loss_ == pytest.approx(constants.sum(axis=1).mean())


def test_every_loss_is_looked_up_elsewhere() -> None:
    assert {code(row[0]) for row in ELSEWHERE} == {record.name for record in LOSSES.values()}


def test_the_names_said_to_be_refused_are_refused() -> None:
    (sentence,) = re.findall(r"^(.*) are not accepted as names here", PAGE, re.MULTILINE)
    names = re.findall(r"`(\w+)`", sentence)
    assert names
    assert all(name not in LOSSES and SYNONYMS[name] in LOSSES for name in names)


def test_links_lead_somewhere() -> None:
    assert "(docs/losses.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(losses.md)" in (ROOT / "docs" / "train.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / link).is_file(), link
