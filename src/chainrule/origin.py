"""Where a model comes from: the table it was trained on, how, and how it scored there."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from .chain import Array
from .preparation import Prepared
from .reports import TrainReport

_ROWS = 4096  # hashed at a time, so that no second table is needed


@dataclass(frozen=True, slots=True)
class Origin:
    """What `chainrule train` knows of a model beside the model.

    Attributes:
        data: the table's name; it had so many `rows` and `columns` of features.
        sha256: of the encoded rows and the targets, as `fingerprint` has it.
        training: the settings of the command.
        scores: of the rows held out, one a fold, in `metric`; () if a training diverged.
        mean: of the scores; `baseline` is what a constant prediction scores.
    """

    data: str
    rows: int
    columns: int
    sha256: str
    training: Mapping[str, Any]
    method: str = ""
    metric: str = ""
    scores: tuple[float, ...] = ()
    mean: float | None = None
    baseline: float | None = None

    @classmethod
    def of(
        cls, prepared: Prepared, training: Mapping[str, Any], report: TrainReport | None
    ) -> Self:
        """Say where a model comes from; without a report there are no scores."""
        table = (
            prepared.source,
            len(prepared.y),
            len(prepared.features),
            fingerprint(prepared.encoded, prepared.y),
            dict(training),
        )
        if report is None:
            return cls(*table)
        scores = tuple(fold.score for fold in report.folds)
        return cls(*table, report.method, report.metric, scores, report.mean, report.baseline)

    def described(self) -> dict[str, Any]:
        """Return it as JSON can say it."""
        return asdict(self)

    @classmethod
    def rebuilt(cls, described: Mapping[str, Any]) -> Self:
        """Undo `described`."""
        return cls(**{**described, "scores": tuple(described["scores"])})


def fingerprint(encoded: Array, y: Array) -> str:
    """Return the SHA-256 of encoded rows, (rows, n_inputs), and their targets, (rows,).

    Numbers are taken as 64-bit floats in rows, labels as text in lines; so it does not depend on
    how a file is written, quoted or compressed, but on each value and on their order.

    >>> fingerprint(np.zeros((2, 1)), np.array(["a", "b"]))[:8]
    '6db5d192'
    """
    found = hashlib.sha256(f"{encoded.shape}\n".encode())
    for start in range(0, len(encoded), _ROWS):
        block = np.array(encoded[start : start + _ROWS], dtype="<f8", order="C")
        block[np.isnan(block)] = np.nan  # one of the many
        found.update((block + 0.0).tobytes())  # and one zero
    numbers = y.dtype.kind == "f"
    found.update(y.astype("<f8").tobytes() if numbers else "\n".join(map(str, y)).encode())
    return found.hexdigest()
