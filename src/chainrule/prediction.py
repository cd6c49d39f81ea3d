"""Predict the rows of a table, block by block: by the rules of the training, and scored."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .chain import Array
from .encoding import Target, encode
from .errors import InputError
from .facts import Predicted
from .kept import KeptNetwork
from .tables import Table


@dataclass(frozen=True, slots=True)
class Rules:
    """What is done about cells without a value, and about unknown categories."""

    missing: str
    unseen: str


@dataclass(slots=True)
class Tally:
    """How many rows there were, and how well they were predicted where their target is known.

    R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)², whose sums are of blocks: means and squares about them are
    merged, so that nothing cancels.  `filled` rows had a cell without a value, `unseen` ones a
    category that no training row had.
    """

    rows: int = 0
    filled: int = 0
    unseen: int = 0
    scored: int = 0
    correct: int = 0
    errors: float = 0.0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: Array, truth: Array, of_classes: bool) -> None:
        """Compare predictions with what is true, (rows,) both."""
        count = len(values)
        self.scored += count
        if of_classes:
            self.correct += int((values == truth).sum())
        elif count:
            self.errors += float(((values - truth) ** 2).sum())
            mean, apart = float(truth.mean()), float(truth.mean()) - self.mean
            self.squares += float(((truth - mean) ** 2).sum())
            self.squares += apart**2 * count * (self.scored - count) / self.scored
            self.mean += apart * count / self.scored

    @property
    def accuracy(self) -> float:
        """The share of labels that are right."""
        return self.correct / self.scored if self.scored else math.nan

    @property
    def r2(self) -> float:
        """R² of the numbers; NaN where all targets are equal."""
        return 1 - self.errors / self.squares if self.squares else math.nan

    @property
    def root_mean_square(self) -> float:
        """The root mean squared error."""
        return math.sqrt(self.errors / self.scored) if self.scored else math.nan


def predict_blocks(
    kept: KeptNetwork,
    blocks: Iterable[Table],
    columns: Sequence[int],
    rules: Rules,
    tally: Tally,
    *,
    target: int | None = None,
    ids: Sequence[int] = (),
    probabilities: bool = False,
) -> Iterator[Predicted]:
    """Yield the predictions of each block; `target` is scored into the tally, if it is given.

    Raises:
        InputError: for a cell that the model cannot take, by the rules; blocks before are out.
    """
    for table in blocks:
        encoded = encode(table, kept.features, columns, rules.unseen)
        holes = np.asarray(np.isnan(encoded).any(axis=1))
        tally.unseen += _with_unseen(encoded, kept)
        absent: Array | None = None
        if holes.any():
            if rules.missing == "refuse":
                raise InputError(_refusal(kept, table, columns, encoded))
            tally.filled += int(holes.sum())
            absent = holes if rules.missing == "drop" else None
        outputs = kept.outputs(encoded)
        values = kept.decide(outputs)
        tally.rows += len(values)
        if target is not None:
            truth, known = _truth(table, target, kept.target)
            if absent is not None:
                known = known & ~absent
            tally.add(values[known], truth[known], kept.target.classes is not None)
        shares = kept.shares(outputs) if probabilities else None
        yield Predicted([table.column(index) for index in ids], values, shares, absent)


def _with_unseen(encoded: Array, kept: KeptNetwork) -> int:
    """Count the rows with a column of text none of whose inputs is 1."""
    unseen, start = np.zeros(len(encoded), dtype=bool), 0
    for feature in kept.features:
        end = start + len(feature.inputs)
        if feature.categories is not None:
            unseen |= ~encoded[:, start:end].any(axis=1)
        start = end
    return int(unseen.sum())


def _truth(table: Table, index: int, target: Target) -> tuple[Array, Array]:
    """Return the target's labels or numbers, and where there are any."""
    if target.classes is not None and isinstance(target.classes[0], str):
        cells = np.array(table.column(index))
        return cells, cells != ""
    numbers = table.numbers(index)
    return numbers, ~np.isnan(numbers)


def _refusal(kept: KeptNetwork, table: Table, columns: Sequence[int], encoded: Array) -> str:
    """Name the first cell without a value."""
    row = int(np.isnan(encoded).any(axis=1).argmax())
    inputs = [
        index for feature, index in zip(kept.features, columns, strict=True) for _ in feature.inputs
    ]
    index = inputs[int(np.isnan(encoded[row]).argmax())]
    cell = table.rows[row][index]
    what = f"is {cell!r}, no usable number" if cell else "is empty"
    return (
        f"{table.place(row, index)} {what}, and the training had no such cell; say `--missing "
        "mean` to fill in the training's mean, or `--missing drop` to leave the row's prediction "
        "empty."
    )
