"""What the steps of a training may be that keeps it from moving: too large, too small, too few.

Each function returns the cause, the numbers that suggest it and what to change, or None.
"""

import math
from typing import Any

from .cases import Case
from .evidence import Evidence, Suspect
from .explanation import explain_weight
from .factors import LayerFactor
from .stops import LIMITS
from .weights import ranked_weights
from .words import counted

USUAL = {"adam": 0.001, "sgd": 0.01}  # learning rates
HARDLY = 0.1  # of their size: weights that moved less have hardly begun
MANY = 1000  # steps, after which they should have
SHRUNK = 0.5  # of their size at the start: weights that are held near 0
DEEP = 0.03  # of the last layer's gradient: a first layer's that vanishes
ROWS = 100  # whose gradient is opened
LIGHT = 0.0001  # scikit-learn's penalty


def penalty(evidence: Evidence) -> Suspect | None:
    """A penalty holds the weights near 0."""
    settings, case = evidence.settings, evidence.case
    alpha = settings["alpha"] / case.total_weight
    decay = settings["weight_decay"]
    start = case.parameters if evidence.start is None else evidence.start
    ratio = case.network.penalty(start) / case.total_weight / (evidence.start_loss or 1.0)
    if not (alpha or decay) or not (ratio > 1 or evidence.shrunk < SHRUNK):
        return None
    of_alpha = alpha >= decay
    strength = f"`alpha` {settings['alpha']:g}" if of_alpha else f"`weight_decay` {decay:g}"
    at_start = f"it starts with {ratio:.2g} times the loss of the rows, and " if of_alpha else ""
    return Suspect(
        "penalty-too-heavy",
        f"The penalty ({strength}) holds the weights near 0: {at_start}those of a layer are "
        f"{evidence.shrunk:.2g} times what they were.",
        ({"alpha": LIGHT} if of_alpha else {"weight_decay": 0.0},),
    )


def clipped(evidence: Evidence) -> Suspect | None:
    """Each gradient is cut short."""
    bound = evidence.settings["max_grad_norm"]
    norm = math.hypot(*(state.gradient for state in evidence.before or evidence.after))
    if bound is None or norm <= bound:
        return None
    return Suspect(
        "clipped-gradient",
        f"Each gradient is shortened to {bound:g}, and at the start it is {norm:.3g} long.",
        ({"max_grad_norm": None},),
    )


def step_too_large(evidence: Evidence) -> Suspect | None:
    """The weights were thrown far away."""
    rate, solver = evidence.settings["learning_rate_init"], evidence.settings["solver"]
    if solver == "lbfgs" or rate <= USUAL[solver]:
        return None
    rates = [
        rate / times for times in (10, 100, 1000, 10_000) if rate / times >= USUAL[solver] / 10
    ]
    return Suspect(
        "step-too-large",
        f"The steps are too large: with the rate {rate:g} the weights{_moved(evidence)}"
        f"the loss went from {_fall(evidence)}.",
        tuple({"learning_rate_init": _rounded(value)} for value in rates),
    )


def vanishing(evidence: Evidence) -> Suspect | None:
    """The gradient shrinks on its way back, layer by layer."""
    states = evidence.before or evidence.after
    first, last = states[0], states[-1]
    if len(states) < 3 or not first.gradient < DEEP * last.gradient:
        return None
    smallest = _smallest_factor(evidence)
    return Suspect(
        "vanishing-gradient",
        f"The gradient vanishes on its way back: it is {last.gradient:.2g} in layer {last.layer} "
        f"and {first.gradient:.2g} in layer 1. The smallest factor is {smallest.name} "
        f"({smallest.source}), on average {smallest.value:.2g}, and there is one in each of "
        f"{len(states) - 1} layers.",
        tuple({"activation": name} for name in ("tanh", "relu") if name != first.activation),
        1,
    )


def _smallest_factor(evidence: Evidence) -> LayerFactor:
    """Return what makes the largest gradient of layer 1 smallest, at the start if it is known."""
    case = evidence.case
    parameters = case.parameters if evidence.start is None else evidence.start
    case = Case(case.network, parameters, case.X[:ROWS], case.target[:ROWS])
    weight = ranked_weights({"W1": case.gradients().dW[0]}, 1, largest=True)[0]
    factors = explain_weight(case, weight, top=1).layers
    slopes = [factor for factor in factors if factor.name.startswith("∂a")]
    return min(slopes, key=lambda factor: factor.value)


def step_too_small(evidence: Evidence) -> Suspect | None:
    """The weights have hardly moved."""
    solver, rate = evidence.settings["solver"], evidence.settings["learning_rate_init"]
    still = evidence.moved < HARDLY and evidence.steps >= MANY
    if solver == "lbfgs" or not (rate < USUAL[solver] or still):
        return None
    rates = [rate * 10**power for power in range(1, 9) if rate * 10**power <= 1]
    return Suspect(
        "step-too-small",
        f"The steps are too small: in {evidence.steps} with the rate {rate:g} the weights"
        f"{_moved(evidence)}the loss went from {_fall(evidence)}.",
        tuple({"learning_rate_init": _rounded(value)} for value in rates),
    )


def stopped_early(evidence: Evidence) -> Suspect | None:
    """The rule for stopping ended the training."""
    settings = evidence.settings
    if evidence.stop_reason != "converged" or settings["solver"] == "lbfgs":
        return None
    return Suspect(
        "stopped-early",
        f"Training stopped after {evidence.epochs} of {settings['max_iter']} epochs: over "
        f"{settings['n_iter_no_change']:g} of them the loss had not fallen by `tol` "
        f"{settings['tol']:g}.",
        ({"n_iter_no_change": settings["max_iter"]},),
        takes_longer=True,
    )


def too_few_steps(evidence: Evidence) -> Suspect | None:
    """The training reached its limit."""
    if evidence.stop_reason not in LIMITS:
        return None
    settings = evidence.settings
    what, most = "iteration", settings["max_iter"]
    patient = settings["n_iter_no_change"] >= most  # nothing but `max_iter` ends the training
    remedies: list[dict[str, Any]] = [
        {"max_iter": times * most} | ({"n_iter_no_change": times * most} if patient else {})
        for times in (10, 100)
    ]
    if settings["solver"] != "lbfgs":
        what, rate = "step", 5 * settings["learning_rate_init"]
        remedies.insert(1, {**remedies[0], "learning_rate_init": _rounded(rate)})
    return Suspect(
        "too-few-steps",
        f"{counted(evidence.epochs, 'epoch')} are {counted(evidence.steps, what)}, in which the "
        f"weights{_moved(evidence)}the loss went from {_fall(evidence)}.",
        tuple(remedies),
        takes_longer=True,
    )


def _moved(evidence: Evidence) -> str:
    if math.isnan(evidence.moved):
        return " moved, and "
    return f" moved by {evidence.moved:.2g} times their size and "


def _fall(evidence: Evidence) -> str:
    return f"{evidence.start_loss:.3g} to {evidence.loss:.3g}"


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
