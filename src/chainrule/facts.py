"""What is said of a model's file, and predicted with it, as records that `render` displays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .chain import Array
from .reports import NetworkSummary


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column that a kept network sees.

    Attributes:
        name: its name.
        categories: of text, one 0/1 input each; None for numbers.
        fill: of numbers, what a missing one is taken as; the network sees (x − center)/scale.
    """

    name: str
    categories: tuple[str, ...] | None
    fill: float | None = None
    center: float | None = None
    scale: float | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model's file holds, but for the weights themselves.

    Attributes:
        path: the file; `schema` and `sha256`, its digest, are what it says of itself.
        holds: "model", with the columns of a table, or "estimator", on numbers as they are.
        estimator: the class's name; `settings` are its settings.
        versions: of the programs that wrote it.
        target: the name of what is predicted; `classes` are None for numbers, which the network
            predicts as (y − center)/scale where `target_scaling` says so.
        missing, unseen: what is done about cells without a value and about unknown categories.
        history: of the training: epochs, last loss, why it stopped.
        origin: the table, its fingerprint, the command's settings and the scores; None if unknown.
        kept_rows: how many rows of the table the file keeps.
    """

    path: str
    schema: str
    sha256: str
    holds: str
    estimator: str
    versions: dict[str, str]
    network: NetworkSummary
    columns: tuple[ColumnFacts, ...]
    target: str
    task: str
    classes: tuple[Any, ...] | None
    target_scaling: dict[str, float] | None
    missing: str
    unseen: str
    settings: dict[str, Any]
    history: dict[str, Any]
    origin: dict[str, Any] | None
    kept_rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """The predictions of a block of rows.

    Attributes:
        ids: the cells of each column that is passed through.
        values: the labels or numbers, (rows,).
        shares: the classes' probabilities, (rows, classes), if they are asked for.
        absent: which rows have no prediction, (rows,); None for none.
    """

    ids: Sequence[Sequence[str]]
    values: Array
    shares: Array | None = None
    absent: Array | None = None
