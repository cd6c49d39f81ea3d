"""A training's history kept outside as it goes: lines of JSON, files for TensorBoard.

Both are callbacks of an estimator, and journals of an `Observer`.
"""

import json
import math
import os
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .callbacks import Epoch
from .errors import InputError
from .observed import SeenEpoch

MARK = '{"training": '  # how each line of a history begins
ALONE = "fit"  # what a training is called that an estimator tells of


class JsonLines:
    r"""Appends a line of JSON an epoch to a file, which can be read while it grows.

    Given as a callback it writes the loss, the validation rows' loss and score as those of rows
    held out, the learning rate and the seconds; what is no finite number is null.  If a line
    cannot be written, a warning says so once, and the training goes on.

    >>> import tempfile
    >>> from chainrule import JsonLines, MLPRegressor
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "history.jsonl"
    ...     model = MLPRegressor(tol=1.0, n_iter_no_change=1, callbacks=[JsonLines(path)])
    ...     _ = model.fit([[0], [1]], [0, 1])
    ...     [json.loads(line)["epoch"] for line in path.read_text().splitlines()]
    [1, 2, 3]
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path
        self._failed = False

    def on_epoch_end(self, epoch: Epoch) -> None:
        """Write the line of an estimator's epoch."""
        self.epoch(ALONE, told(epoch))

    def begin(self, _label: str) -> None:
        """Do nothing: each line says which training it is of."""

    def end(self, _label: str) -> None:
        """Do nothing: a line is in the file once it is written."""

    def epoch(self, label: str, seen: SeenEpoch) -> None:
        """Write the line of an epoch."""
        if self._failed:
            return
        try:
            with Path(self.path).open("a", encoding="utf-8") as file:
                file.write(history_line(label, seen) + "\n")
        except OSError as error:
            self._failed = True
            message = f"`{self.path}` cannot be written: {error.strerror}; the history ends here."
            warnings.warn(message, stacklevel=2)


class TensorBoard:
    """Writes what TensorBoard shows into a folder, one inside it for each training.

    Given as a callback it writes what `JsonLines` does.

    Raises:
        InputError: if the package tensorboardX is not there.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = folder
        self._writer_of = _writer()
        self._open: dict[str, Any] = {}

    def on_fit_begin(self, _model: Any) -> None:
        """Begin a file."""
        self.begin(ALONE)

    def on_epoch_end(self, epoch: Epoch) -> None:
        """Write an estimator's epoch."""
        self.epoch(ALONE, told(epoch))

    def on_fit_end(self, _model: Any) -> None:
        """Close the file."""
        self.end(ALONE)

    def begin(self, label: str) -> None:
        """Begin the file of a training."""
        self._open[label] = self._writer_of(str(Path(self.folder) / label.replace(" ", "-")))

    def epoch(self, label: str, seen: SeenEpoch) -> None:
        """Write the numbers of an epoch."""
        for name, value in _scalars(seen):
            self._open[label].add_scalar(name, value, seen.number)
        self._open[label].flush()

    def end(self, label: str) -> None:
        """Close the file of a training."""
        self._open.pop(label).close()


def told(epoch: Epoch) -> SeenEpoch:
    """Return what an estimator tells of an epoch, its validation rows as those held out."""
    return SeenEpoch(
        epoch.number,
        epoch.loss,
        epoch.learning_rate,
        epoch.seconds,
        held_out_loss=epoch.validation_loss,
        held_out_score=epoch.validation_score,
    )


def history_line(label: str, seen: SeenEpoch) -> str:
    """Return an epoch as JSON, null for what is no finite number.

    >>> history_line("fit", SeenEpoch(1, math.inf, 0.1, 0.5))[:60]
    '{"training": "fit", "epoch": 1, "loss": null, "learning_rate'
    """
    record = {"training": label, "epoch": seen.number, **asdict(seen)}
    del record["number"]
    finite = {
        name: [_finite(one) for one in value] if isinstance(value, tuple) else _finite(value)
        for name, value in record.items()
    }
    return json.dumps(finite, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _scalars(seen: SeenEpoch) -> Iterator[tuple[str, float]]:
    named = {
        "loss/batches": seen.loss,
        "loss/training": seen.training_loss,
        "loss/held out": seen.held_out_loss,
        "score/training": seen.training_score,
        "score/held out": seen.held_out_score,
        "learning rate": seen.learning_rate,
    }
    layers = {"gradient norm": seen.gradient_norms, "update to weight": seen.update_ratios}
    for kind, values in layers.items():
        named |= {f"{kind}/layer {place}": value for place, value in enumerate(values, start=1)}
    return ((name, value) for name, value in named.items() if value is not None)


def _writer() -> Any:
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise InputError(
            "files for TensorBoard need the package tensorboardX: `pip install "
            '"chainrule[tensorboard]"`.'
        ) from error
    return SummaryWriter
