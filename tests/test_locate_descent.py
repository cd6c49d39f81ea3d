"""Whether a parameter descends a gradient, told from its steps at several places."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from steps import NETWORK, step_of, within

from chainrule.locate.descent import Fit, changes, fit, fits, gradient_of, slope
from chainrule.locate.draws import Values, replays
from chainrule.locate.graph import Node
from chainrule.locate.losses import Candidate, contacts
from chainrule.locate.match import differentiate
from chainrule.locate.step import Learned, Step

OLD, NEW = Node(0, None, (), {}, 0), Node(1, None, (), {}, 0)
SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(2, 12)
RATES = st.floats(1e-5, 10)


class Case(NamedTuple):
    """Weights and gradients at five replays."""

    weights: Any
    gradients: Any

    def fit(self, changes: Any, gradients: Any = None, decays: bool = True) -> Fit:
        """The fit to these changes."""
        size = self.weights.shape[1]
        learned = Learned("w", (size,), (OLD,), (NEW,), ())
        pairs = zip(self.weights, self.weights + changes, strict=True)
        values = [Values({}, {0: old, 1: new}) for old, new in pairs]
        sloped = self.gradients if gradients is None else gradients
        return fit(learned, values, [{0: one} for one in sloped], decays)


def case(seed: int, size: int) -> Case:
    rng = np.random.default_rng(seed)
    signs = rng.choice([-1.0, 1.0], (5, size))
    return Case(rng.normal(size=(5, size)), signs * rng.uniform(0.5, 2.0, (5, size)))


@given(SEEDS, SIZES, RATES)
def test_plain_descent(seed: int, size: int, rate: float) -> None:
    one = case(seed, size)
    found = one.fit(-rate * one.gradients)
    assert (found.kind, found.decay) == ("descends", 0.0)
    assert found.scale == pytest.approx(rate)
    assert found.memory < 1e-5


@given(SEEDS, SIZES, RATES)
def test_ascent(seed: int, size: int, rate: float) -> None:
    one = case(seed, size)
    found = one.fit(rate * one.gradients)
    assert found.kind == "ascends"
    assert found.scale == pytest.approx(-rate)


@given(SEEDS, SIZES, st.floats(1e-3, 1), st.floats(0.1, 10))
def test_descent_with_momentum(seed: int, size: int, rate: float, memory: float) -> None:
    one = case(seed, size)
    found = one.fit(memory * np.arange(1.0, size + 1) - rate * one.gradients)
    assert found.kind == "descends"
    assert found.scale == pytest.approx(rate, rel=1e-5)
    assert found.memory > 1e-3


@given(SEEDS, SIZES, st.floats(1e-3, 1), st.floats(1e-3, 0.5))
def test_descent_with_decay(seed: int, size: int, rate: float, decay: float) -> None:
    one = case(seed, size)
    change = -rate * one.gradients - decay * one.weights
    found = one.fit(change)
    assert found.kind == "descends"
    assert [found.scale, found.decay] == pytest.approx([rate, decay])
    assert one.fit(change, decays=False).kind == "other"


@given(SEEDS, SIZES, RATES, st.data())
def test_an_error_of_a_thousandth_is_noticed(
    seed: int, size: int, rate: float, data: st.DataObject
) -> None:
    """In one component of the gradient, by 0.1 % of it."""
    one = case(seed, size)
    wrong = one.gradients.copy()
    wrong[:, data.draw(st.integers(0, size - 1))] *= 1.001
    assert one.fit(-rate * wrong).kind == "other"


@given(SEEDS, SIZES, st.floats(-1, 1))
def test_a_change_that_is_no_gradient_is_other(seed: int, size: int, share: float) -> None:
    one = case(seed, size)
    wrong = share * one.gradients + case(seed + 1, size).gradients
    assert one.fit(-0.1 * wrong).kind == "other"


def test_a_square_in_place_of_the_gradient_is_other() -> None:
    one = case(0, 4)
    assert one.fit(-0.1 * one.gradients**2).kind == "other"
    assert one.fit(-0.1 * np.sign(one.gradients)).kind == "other"


def test_what_does_not_move_is_still_unless_its_gradient_is_zero() -> None:
    one = case(0, 3)
    assert one.fit(0 * one.gradients).kind == "still"
    assert one.fit(0 * one.gradients, 0 * one.gradients).kind == "descends"


def test_what_moves_by_the_same_always_is_still() -> None:
    """W −= 0.1, whatever the gradient is."""
    one = case(0, 3)
    assert one.fit(np.full((5, 3), -0.1)).kind == "still"


def test_what_moves_where_the_loss_has_no_gradient_is_other() -> None:
    one = case(0, 3)
    assert one.fit(-0.1 * one.gradients, 0 * one.gradients).kind == "other"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_other(value: float) -> None:
    one = case(0, 3)
    broken = one.gradients.copy()
    broken[2, 1] = value
    assert one.fit(-0.1 * broken).kind == "other"
    assert one.fit(-0.1 * one.gradients, broken).kind == "other"
    assert slope(broken, list(one.gradients)) is None


@given(SEEDS, SIZES, RATES.flatmap(lambda x: st.sampled_from([x, -x])))
def test_the_slope_of_changes_by_gradients(seed: int, size: int, rate: float) -> None:
    one = case(seed, size)
    assert slope(0.5 - rate * one.gradients, list(one.gradients)) == pytest.approx(rate, rel=1e-4)
    assert slope(case(seed + 1, size).gradients, list(one.gradients)) is None


def test_scalars_of_a_parameter_are_laid_side_by_side() -> None:
    nodes = tuple(Node(k, None, (), {}, 0) for k in range(4))
    learned = Learned("w", (2,), nodes[:2], nodes[2:], ())
    values = [Values({}, {0: 1.0, 1: 2.0, 2: 0.5, 3: 2.5})]
    np.testing.assert_array_equal(changes(learned, values), [[-0.5, 0.5]])
    np.testing.assert_array_equal(gradient_of(learned, {1: 3.0}), [0.0, 3.0])


def test_of_an_array_that_the_loss_does_not_reach_the_gradient_is_zero() -> None:
    learned = Learned("w", (2, 3), (OLD,), (NEW,), ())
    np.testing.assert_array_equal(gradient_of(learned, {}), np.zeros(6))
    np.testing.assert_array_equal(gradient_of(learned, {0: np.eye(2, 3)}), [1, 0, 0, 0, 1, 0])


def judged(step: Step, penalized: Any = ()) -> dict[str, Fit]:
    """How each parameter of a step fares under the squared error."""
    replayed = replays(step, 5)
    out = within(step, "out")
    at_output = tuple(one for one in contacts(step, replayed) if one.output is out)
    half = Candidate("half_squared_error", at_output)
    sloped: list[Mapping[int, Any]] = differentiate(step, half, replayed)[1]
    names = (one.name for one in step.learned)
    return dict(zip(names, fits(step, replayed, sloped, penalized), strict=True))


def test_a_network_descends(tmp_path: Path) -> None:
    found = judged(step_of(tmp_path, NETWORK))
    assert {one.kind for one in found.values()} == {"descends"}
    assert all(one.scale == pytest.approx(0.1) for one in found.values())


FAULTS = {
    "slope = 1 - a1 ** 2": ("slope = 1 - a1", {"W1": "other", "b1": "other"}),
    "dW1 = X.T @ d1": ("dW1 = X.T @ back", {"W1": "other"}),
    "e = out - Y": ("e = Y - out", dict.fromkeys(("W1", "b1", "W2", "b2"), "ascends")),
    "db2 = e.sum(axis=0)": ("db2 = e[0]", {"b2": "other"}),
    "b1 -= 0.1 * db1": ("b1 += 0.1 * db1", {"b1": "ascends"}),
    "back = e @ W2.T": ("back = e @ (1.001 * W2.T + 0.001)", {"W1": "other", "b1": "other"}),
}


@pytest.mark.parametrize("right", FAULTS)
def test_a_planted_fault_shows_in_the_parameters_that_it_spoils(right: str, tmp_path: Path) -> None:
    wrong, spoiled = FAULTS[right]
    found = judged(step_of(tmp_path, NETWORK.replace(right, wrong)))
    kinds = {name: one.kind for name, one in found.items() if one.kind != "descends"}
    assert kinds == spoiled


def test_a_decay_counts_unless_the_loss_has_its_penalty(tmp_path: Path) -> None:
    step = step_of(tmp_path, NETWORK.replace("dW2 = a1.T @ e", "dW2 = a1.T @ e + 0.2 * W2"))
    found = judged(step)["W2"]
    assert found.kind == "descends"
    assert [found.scale, found.decay] == pytest.approx([0.1, 0.02])
    (w2,) = (one.old[0].number for one in step.learned if one.name == "W2")
    assert judged(step, {w2})["W2"].kind == "other"


def test_momentum_is_taken_for_what_does_not_change(tmp_path: Path) -> None:
    source = NETWORK.replace("for _", "v = np.zeros((4, 2))\nfor _")
    source = source.replace("W2 -= 0.1 * dW2", "v = 0.9 * v - 0.1 * dW2\n    W2 += v")
    step = step_of(tmp_path, source)
    found = judged(step)["W2"]
    assert (found.kind, found.decay) == ("descends", 0.0)
    assert found.scale == pytest.approx(0.1)
    assert found.memory > 0.01
    assert within(step, "v").number in step.moving
