"""Records of what was seen of a training, and of what its page shows.  Imports records only."""

from dataclasses import dataclass, field
from typing import Any

from .factors import Explanation
from .reports import NetworkSummary, TrainReport


@dataclass(frozen=True, slots=True)
class SeenEpoch:
    """One epoch of a training: what it says itself, and what looking at it found.

    Attributes:
        number: counted from 1.
        loss: as the training says it: over the epoch's batches, each before its step, the penalty
            included.
        learning_rate: of the epoch's steps; None for L-BFGS.
        seconds: since the training began.
        training_loss, training_score: of rows trained on, by the weights after the epoch, without
            the penalty; None where the epoch was not looked at.
        held_out_loss, held_out_score: the same of rows that are not trained on, if there are any.
        gradient_norms: ‖∂L/∂W‖ of each layer, L the mean loss of the rows trained on.
        update_ratios: ‖ΔW‖ / ‖W‖ of each layer, ΔW what the epoch changed.
    """

    number: int
    loss: float
    learning_rate: float | None
    seconds: float
    training_loss: float | None = None
    training_score: float | None = None
    held_out_loss: float | None = None
    held_out_score: float | None = None
    gradient_norms: tuple[float, ...] = ()
    update_ratios: tuple[float, ...] = ()

    @property
    def looked_at(self) -> bool:
        """Whether there is more than what the training says itself."""
        return self.training_loss is not None


@dataclass(frozen=True, slots=True)
class Curve:
    """The epochs of one training, "fold 2 of 5" or "all rows".

    Attributes:
        n_rows, n_held_out: how many rows it has, and how many are held out.
        n_looked_at, n_held_out_looked_at: how many of them losses and scores are over.
    """

    label: str
    n_rows: int
    n_held_out: int
    n_looked_at: int
    n_held_out_looked_at: int
    epochs: tuple[SeenEpoch, ...]


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Precision, recall and F1 of a class, or their mean; `support` is its number of rows."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class HeldOutClasses:
    """What networks said of rows of classes that they had not seen.

    Attributes:
        n_rows: how many rows there are.
        classes: one a class, in the order of the classes; `macro` is their mean, `weighted` that
            weighed by support.
        counts: (class, class said, rows) by index, where there are rows: the wrong ones first,
            the most frequent first; those of more than 50 classes may be cut off at the end.
    """

    n_rows: int
    classes: tuple[ClassScores, ...]
    macro: ClassScores
    weighted: ClassScores
    counts: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class NumberScores:
    """How far predictions of a quantity are off, in its units; `r2` has none."""

    label: str
    r2: float
    mae: float
    rmse: float
    support: int


@dataclass(frozen=True, slots=True)
class HeldOutNumbers:
    """What networks said of a quantity in rows that they had not seen.

    Attributes:
        n_rows: how many rows there are; `folds` one each, `mean` their mean.
        points: (predicted, actual) of at most some thousand rows, spread evenly.
    """

    n_rows: int
    folds: tuple[NumberScores, ...]
    mean: NumberScores
    points: tuple[tuple[float, float], ...]


HeldOut = HeldOutClasses | HeldOutNumbers


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: numbers with their range, or text with how often each value is there.

    Attributes:
        missing: how many cells are.
        low, mean, high, deviation: of numbers; None of text.
        categories: (value, rows), the most frequent first; () of numbers.
    """

    name: str
    missing: int
    low: float | None = None
    mean: float | None = None
    high: float | None = None
    deviation: float | None = None
    categories: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """What the page of `chainrule train --report` shows.

    Attributes:
        report: the scores; None where a training diverged, of which `failure` says how.
        held_out: what was said of rows not seen; None with `report`.
        curves: one a training, the last of all rows.
        columns: the features, the target after them.
        chains: the largest gradients opened, on the row `place` whose target is `place_target`.
        settings: every setting by name.
        notices: what the user was told.
        versions: of the packages, by name.
        command: what repeats the training, as a shell takes it; `next_commands` go on from it,
            each with its purpose.
    """

    data: str
    n_rows: int
    task: str
    target: str
    report: TrainReport | None
    failure: str
    held_out: HeldOut | None
    curves: tuple[Curve, ...]
    network: NetworkSummary
    columns: tuple[Column, ...]
    chains: tuple[Explanation, ...]
    place: str
    place_target: str
    settings: dict[str, Any]
    notices: tuple[str, ...]
    versions: dict[str, str]
    command: str
    next_commands: tuple[tuple[str, str], ...] = field(default=())
