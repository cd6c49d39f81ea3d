"""Divergence: whether a training left its bounds, which weights to go back to, and why."""

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from .chain import Array
from .errors import DivergenceError
from .network import Network, total_weight
from .parameters import Parameters
from .scales import column_sizes, reached

RUNAWAY = 1e8  # a loss this many times the start's will not come back
UNSCALED = 50.0  # a column's root mean square, 1 if scaled, that makes the usual steps too large
USUAL_RATE = 0.01  # the largest learning rate to try where one was too large
HEAVY = 100.0  # a penalty so many times the rows' loss rules the step


class Guard:
    """Holds a training on rows X (n, n_in), targets (n, n_out) to the loss it started with.

    `start_loss` is given where the weights have been trained before: it is that of their start.
    The loss of an epoch is measured batch by batch before each step, so it says nothing of the
    last step: weights are gone back to only if their own loss, over all rows, is in bounds.
    `before` holds those that the call of `partial_fit` before this one started from: what that
    call's last step did shows in this one only.
    """

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        X: Array,
        target: Array,
        weight: Array | None = None,
        start_loss: float | None = None,
        before: Array | None = None,
    ) -> None:
        self.network = network
        self.parameters = parameters
        self.X = X
        self.target = target
        self.weight = weight
        self.start = parameters.flat.copy()
        self.before = before
        self._recent: deque[tuple[int, Array]] = deque(maxlen=2)
        self.start_loss = self.loss() if start_loss is None else start_loss
        self.bound = RUNAWAY * max(self.start_loss, 1.0)

    @property
    def remembered(self) -> list[tuple[int, Array]]:
        """The weights that can be gone back to, each with the epochs before, the latest last."""
        return [*self._recent]

    def recall(self, start: Array, recent: Sequence[tuple[int, Array]]) -> None:
        """Remember what another guard of the same training did."""
        self.start = start
        self._recent.extend((epochs, weights.copy()) for epochs, weights in recent)

    def loss(self) -> float:
        """Return the loss of the weights as they are now, nan if one of them is not finite."""
        if not all_finite(self.parameters.flat):
            return math.nan
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return float(self.network.objective(self.parameters, self.X, self.target, self.weight))

    def allows(self, loss: float) -> bool:
        """Whether a loss is finite and has not run away."""
        return math.isfinite(loss) and loss <= self.bound

    def remember(self, epochs: int, loss: float) -> None:
        """Keep the weights as they are after so many epochs, the last with this loss; two are kept.

        Weights out of bounds must not take the place of others: where the loss has risen to twice
        the start's, their own is looked at, which takes as long as going forward through all rows.
        """
        if epochs == 0 or loss <= 2 * max(self.start_loss, 1.0) or self.allows(self.loss()):
            full = len(self._recent) == self._recent.maxlen
            weights = self._recent.popleft()[1] if full else np.empty_like(self.start)
            np.copyto(weights, self.parameters.flat)  # new memory would take longer than a copy
            self._recent.append((epochs, weights))

    def go_back(self) -> int:
        """Put back the last weights kept whose loss is in bounds, or the start; return epochs.

        It is −1 for the weights of the call before.
        """
        earlier = [] if self.before is None else [(-1, self.before)]
        for epochs, weights in reversed([*earlier, *self._recent]):
            self.parameters.flat[:] = weights
            if self.allows(self.loss()):
                return epochs
        self.parameters.flat[:] = self.start
        return 0

    def error(
        self, loss: float, epoch: int, kept: int, learning_rate: float | None, step: int = 0
    ) -> DivergenceError:
        """Say what happened, why, and which weights are kept, those after so many epochs.

        `learning_rate` is None where the solver has none, `step` of the epoch 0 where none is to
        blame alone.
        """
        at = f" at step {step}" if step else ""
        happened = f"Training diverged in epoch {epoch}: the loss became {loss:.3g}{at}"
        weights = f"The weights are those after epoch {kept}."
        if kept < 0:
            weights = (
                "The weights are those that the call of partial_fit before this one began with."
            )
        if kept == 0:
            weights = "The weights are those of the start"
            ended = f": no epoch ended with a loss of at most {self.bound:.3g}"
            weights += f"{ended if math.isfinite(self.bound) else ''}."
        return DivergenceError(f"{happened}; {self._reason(learning_rate)}.", epoch, weights)

    def _reason(self, learning_rate: float | None) -> str:
        sizes = {"inputs": self.X, "targets": self.target, "start weights": self.start[:, None]}
        if self.network.loss.outputs:
            del sizes["targets"]  # a loss that says the outputs' range takes targets as they are
        causes = [
            f"the {name} are unscaled (they reach {reached(values)})"
            for name, values in sizes.items()
            if column_sizes(values).max() > UNSCALED
        ]
        lower = ""
        if learning_rate is not None and math.isfinite(self.start_loss):
            usual = min(learning_rate / 10, USUAL_RATE)
            lower = f"lower the learning rate, {learning_rate:g}, to {usual:g} or less"
        if causes:
            return f"{' and '.join(causes)}: scale them{f', or {lower}' if lower else ''}"
        if self._penalized():
            alpha = f"`alpha` is {self.network.alpha:g}"
            return f"the penalty outweighs the rows' loss ({alpha}): lower it"
        if lower:
            return f"the step is too large: {lower}"
        return "the start weights give it already: start from smaller ones"

    def _penalized(self) -> bool:
        """Whether the start's penalty is far above its loss of the rows, or not finite alone."""
        start = Parameters.of(self.start, self.network.layer_sizes)
        with np.errstate(over="ignore"):
            penalty = self.network.penalty(start) / total_weight(self.target, self.weight)
        return not penalty <= HEAVY * max(self.start_loss - penalty, 1.0)


def all_finite(flat: Array) -> bool:
    """Whether every number is finite.

    The sum of their squares says so in half the time; where it overflows each is looked at.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(np.dot(flat, flat)) or bool(np.isfinite(flat).all())
