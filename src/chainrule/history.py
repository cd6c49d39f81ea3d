"""What happened in a training: losses, scores, the best weights, and why it stopped."""

import math
from dataclasses import dataclass, field

from .chain import Array


@dataclass(frozen=True, slots=True)
class Judgement:
    """What validation rows say of the weights after an epoch: their mean loss and their score."""

    loss: float
    score: float


@dataclass(slots=True)
class History:
    """The curves of a training, an entry an epoch (an iteration, for L-BFGS), and where it stands.

    It goes on over `partial_fit` and a warm start; `n_iter` alone begins anew.

    Attributes:
        loss_curve: mean losses over the rows trained on, each batch's before its step.
        validation_losses, validation_scores: of the validation rows, where there are any.
        n_iter: epochs of the last fit.
        samples: rows seen, over all epochs.
        without_improvement: epochs since what is judged last improved by `tol`.
        best_loss, best_score, best_validation_loss: the lowest, highest, lowest so far.
        best_weights: the weights of the epoch that validation rows judged best.
        start_loss: what the first training started with; None before.
        before: the weights that the last call of `partial_fit` started from; None after `fit`.
        stop_reason: why the last fit ended; "" while none has.
    """

    loss_curve: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    validation_scores: list[float] = field(default_factory=list)
    n_iter: int = 0
    samples: int = 0
    without_improvement: int = 0
    best_loss: float = math.inf
    best_score: float = -math.inf
    best_validation_loss: float = math.inf
    best_weights: Array | None = None
    start_loss: float | None = None
    before: Array | None = None
    stop_reason: str = ""

    def record(self, loss: float, judged: Judgement | None) -> None:
        """Append an epoch's loss and what validation rows say of it."""
        self.n_iter += 1
        self.loss_curve.append(loss)
        if judged:
            self.validation_losses.append(judged.loss)
            self.validation_scores.append(judged.score)

    def weigh(
        self, judge: str, loss: float, judged: Judgement | None, tol: float, weights: Array
    ) -> None:
        """Count whether an epoch improved what `judge` looks at, and keep the best weights.

        `judge` is "training", "score" or "loss", the latter two of the validation rows.
        """
        if judge == "score" and judged:
            improved = not judged.score < self.best_score + tol
            best = judged.score > self.best_score
        elif judge == "loss" and judged:
            bound = self.best_validation_loss - tol
            improved = math.isfinite(judged.loss) and judged.loss <= bound
            best = judged.loss < self.best_validation_loss
        else:
            improved, best = not loss > self.best_loss - tol, False
        self.without_improvement = 0 if improved else self.without_improvement + 1
        self.best_loss = min(self.best_loss, loss)
        if judged:
            self.best_score = max(self.best_score, judged.score)
            self.best_validation_loss = min(self.best_validation_loss, judged.loss)
        if best:
            self.best_weights = weights.copy()

    def cut(self, epochs: int) -> None:
        """Take back the epochs of this fit after so many, as their weights are taken back.

        With −1 it is the last one of an earlier fit too.
        """
        surplus = self.n_iter - epochs
        if surplus:
            for curve in (self.loss_curve, self.validation_losses, self.validation_scores):
                del curve[-surplus:]
        self.n_iter = max(epochs, 0)
        self.best_loss = min(self.loss_curve, default=math.inf)
