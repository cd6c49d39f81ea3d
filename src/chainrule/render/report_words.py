"""Sentences of a training's page: what its numbers mean, and which of them to worry about."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from ..observed import Curve, HeldOutClasses, HeldOutNumbers, SeenEpoch, TrainingPage
from ..words import counted
from .characters import printable

WEAK = 1e-3  # of the last layer's gradient: the first one hardly learns
GROWN = 100.0  # times the gradient of the first epoch
NOTHING = 1e-3  # of the loss at the beginning: a change that does not matter
FALLING = 0.98  # of the loss in the tenth of the epochs before: it goes on falling
RISEN = 1.1  # times the loss in the tenth where it was lowest: rows are learned by heart
SLOW, FAST = 1e-5, 0.5  # ‖ΔW‖ / ‖W‖ of an epoch: too little to move, too much to settle

Value = Callable[[SeenEpoch], float | None]


def numbered(text: str) -> str:
    """Return a text from the data as HTML."""
    return escape(printable(text))


def score_text(score: float, regression: bool) -> str:
    r"""Return a score as it is read: a share in percent, or R².

    >>> score_text(0.96666, False), score_text(0.345, True)
    ('96.7\xa0%', '0.345')
    """
    return f"{score:.3f}".replace("-", "−") if regression else f"{100 * score:.1f}\u00a0%"


@dataclass(frozen=True, slots=True)
class Page:
    """A page's content, with what several of its parts say of it."""

    content: TrainingPage

    @property
    def is_regression(self) -> bool:
        """Whether a quantity is predicted."""
        return self.content.task == "regression"

    @property
    def curves(self) -> Sequence[Curve]:
        """The curves of all trainings."""
        return self.content.curves

    @property
    def folds(self) -> list[Curve]:
        """The curves of trainings with rows held out."""
        return [curve for curve in self.content.curves if curve.n_held_out and curve.epochs]

    @property
    def whole(self) -> Curve | None:
        """The curve of the training on all rows."""
        last = self.content.curves[-1] if self.content.curves else None
        return last if last and last.epochs and not last.n_held_out else None

    def layer_name(self, place: int) -> str:
        """Return the activation of a layer, counted from 0."""
        return self.content.network.layers[place].activation

    @property
    def says_of_losses(self) -> str:
        """What the loss is."""
        return (
            f"The mean {self.content.network.loss.replace('_', ' ')} loss of rows trained on and "
            "of rows held out, by the weights after each epoch."
        )


def headline(page: Page) -> str:
    """Say what the score is worth."""
    report, held_out = page.content.report, page.content.held_out
    assert report is not None
    if isinstance(held_out, HeldOutNumbers):
        worth = (
            f"accounts for {100 * report.mean:.0f} % of how {report.target} varies over rows that "
            "it has not seen"
        )
        if report.mean <= 0:
            worth = "does no better on rows that it has not seen than always saying the mean"
        off = held_out.mean
        return (
            f"The network {worth}; it is {off.mae:.4g} off on average (root mean square "
            f"{off.rmse:.4g}). Always the mean would score about 0."
        )
    of_hundred, by_guess = round(100 * report.mean), round(100 * report.baseline)
    return (
        f"Of 100 rows that it has not seen, the network names {report.target} right in "
        f"about {of_hundred}; always the most frequent class would be right in {by_guess}."
    )


def spread(page: Page) -> str:
    """Say how far the folds are apart."""
    report = page.content.report
    assert report is not None
    scores = [fold.score for fold in report.folds]
    if len(scores) == 1:
        return f"one split, {counted(report.folds[0].tested, 'row')} held out"
    low, high = (score_text(score, page.is_regression) for score in (min(scores), max(scores)))
    return f"mean of {len(scores)} folds, {low} to {high}"


def fitting(page: Page) -> str:
    """Read the curves: learning still, or learning by heart."""
    trained_points = mean_points(page.folds, lambda epoch: epoch.training_loss)
    points = mean_points(page.folds, lambda epoch: epoch.held_out_loss)
    if not points or not trained_points or not math.isfinite(points[-1][1]):
        return ""
    said = (
        f"At the end the loss is {trained_points[-1][1]:.3g} on rows trained on and "
        f"{points[-1][1]:.3g} on rows held out. "
    )
    if page.content.report is None:
        return said + "Then it ran away."
    tenths, of_trained = _tenths(points), [loss for _, loss in _tenths(trained_points)]
    if len(tenths) == 1:
        return said
    lowest, end = min(tenths, key=lambda tenth: tenth[1]), tenths[-1][1]
    risen = end > RISEN * lowest[1] and end - lowest[1] > NOTHING * points[0][1]
    if risen and of_trained[-1] > RISEN * min(of_trained):
        return said + "Both have risen again: a smaller --learning-rate helps."
    if risen:
        return said + (
            f"Held out it was lowest, about {lowest[1]:.3g}, near epoch {lowest[0]:.0f}: from "
            "there on the network learns its rows by heart. Fewer epochs, a larger penalty "
            "(--alpha), a smaller network or more rows help."
        )
    if end < FALLING * tenths[-2][1] and tenths[-2][1] - end > NOTHING * points[0][1]:
        return said + "Held out it was still falling: more epochs may help."
    return said + "Held out it has levelled off: more epochs would change little."


def _tenths(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the mean epoch and loss of each tenth of a curve: single epochs go up and down."""
    size = max(1, len(points) // 10)
    parts = [points[max(0, end - size) : end] for end in range(len(points), 0, -size)]
    means = [tuple(sum(some) / len(part) for some in zip(*part, strict=True)) for part in parts]
    return [(epoch, loss) for epoch, loss in reversed(means)]


def mean_points(curves: Sequence[Curve], value: Value) -> list[tuple[float, float]]:
    """Return the mean of curves at each epoch that all of them have."""
    numbers: dict[int, list[float]] = {}
    for curve in curves:
        for epoch, number in points_of(curve.epochs, value):
            numbers.setdefault(int(epoch), []).append(number)
    full = {epoch: some for epoch, some in numbers.items() if len(some) == len(curves)}
    return [(epoch, sum(some) / len(some)) for epoch, some in sorted(full.items())]


def points_of(epochs: Sequence[SeenEpoch], value: Value) -> list[tuple[float, float]]:
    """Return (epoch, value) of the epochs that were looked at and have one."""
    return [
        (epoch.number, number)
        for epoch in epochs
        if epoch.looked_at and (number := value(epoch)) is not None
    ]


def flow(page: Page) -> str:
    """Read the gradients: do they reach the first layer, and do they stay in bounds?"""
    curve = page.whole or page.curves[-1]
    seen = [epoch for epoch in curve.epochs if epoch.looked_at]
    if not seen:
        return ""
    growth = _growth(seen) if page.content.report else _runaway(seen)
    return " ".join([_reach(seen), growth, _pace(seen[-1])])


def _reach(seen: Sequence[SeenEpoch]) -> str:
    last = seen[-1].gradient_norms
    if len(last) == 1:
        return f"The one layer's gradient ends at {last[0]:.2g}."
    if not all(map(math.isfinite, last)):
        return "The gradients left the finite numbers."
    middle = sorted(_share(epoch.gradient_norms) for epoch in seen)[len(seen) // 2]
    if middle < WEAK:
        return (
            f"The gradients vanish on their way back: in most epochs the first layer's is below "
            f"{middle:.1g} of the last one's, so the first layers hardly learn. relu or tanh "
            "units, start weights that suit them, or fewer layers help."
        )
    return (
        f"The gradients reach the first layer: over the epochs its norm is about {middle:.2g} "
        "times that of the last layer (below 0.001 they would vanish)."
    )


def _share(norms: Sequence[float]) -> float:
    return norms[0] / norms[-1] if norms[-1] else math.inf


def _growth(seen: Sequence[SeenEpoch]) -> str:
    first, last = max(seen[0].gradient_norms), max(seen[-1].gradient_norms)
    largest = max((max(epoch.gradient_norms), epoch.number) for epoch in seen)
    if not math.isfinite(largest[0]) or (first and largest[0] > GROWN * first):
        return (
            f"They explode: from {first:.2g} after the first epoch to {largest[0]:.2g} in epoch "
            f"{largest[1]}. A smaller --learning-rate helps."
        )
    return f"The largest layer's went from {first:.2g} to {last:.2g}; nothing explodes."


def _runaway(seen: Sequence[SeenEpoch]) -> str:
    first, last = max(seen[0].gradient_norms), max(seen[-1].gradient_norms)
    return (
        f"Then the training ran away: the largest layer's was {first:.2g} after the first epoch, "
        f"{last:.2g} after epoch {seen[-1].number}, the last that ended."
    )


def _pace(last: SeenEpoch) -> str:
    ratios = last.update_ratios
    low, high = min(ratios), max(ratios)
    said = f"The last epoch changed the weights by {low:.2g} to {high:.2g} of their size"
    if len(ratios) == 1:
        said = f"The last epoch changed the weights by {low:.2g} of their size"
    if high < SLOW:
        return f"{said}: next to nothing any more."
    if high > FAST:
        return f"{said}: too much to settle; try a smaller --learning-rate."
    return f"{said}."


def looked_at(page: Page) -> str:
    """Say of how many rows and epochs the curves are, where not of all."""
    said = []
    largest = max(page.curves, key=lambda curve: curve.n_rows)
    if largest.n_looked_at < largest.n_rows:
        said.append(
            f"Losses, scores and gradients of the curves are those of at most "
            f"{largest.n_looked_at:,} rows a training, spread evenly; the scores of the tables are "
            "of all rows held out."
        )
    seen = sum(epoch.looked_at for epoch in largest.epochs)
    if seen < len(largest.epochs):
        said.append(f"The curves are those of {seen:,} of the {len(largest.epochs):,} epochs.")
    return " ".join(said)


def confusion(held_out: HeldOutClasses) -> str:
    """Say which classes are taken for which most often."""
    wrong = [count for count in held_out.counts if count[0] != count[1]]
    if not wrong:
        return f"All {held_out.n_rows:,} rows held out are named right."
    actual, said, rows = max(wrong, key=lambda count: count[2])
    names = [one.label for one in held_out.classes]
    total = held_out.n_rows - round(held_out.weighted.recall * held_out.n_rows)
    return (
        f"{total:,} of {held_out.n_rows:,} rows held out {'is' if total == 1 else 'are'} named "
        f"wrong. Most often {names[actual]} is taken for {names[said]}: {rows:,} of "
        f"{counted(held_out.classes[actual].support, 'row')}."
    )
