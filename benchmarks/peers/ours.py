"""chainrule: `MLPClassifier`, fitted by either engine; folds together.

The loop is timed from the end of the first epoch to the end of the last, and what `fit` does before
and after its epochs (it looks at all rows, and computes their loss) apart from it.
"""

from time import perf_counter
from typing import Any

from chainrule.abreast import fit_together
from chainrule.estimators import MLPClassifier

from ..task import RATES, Task
from . import Train, Trained, stacked


class Clock:
    """Notes when the first epoch begins and when each ends."""

    def __init__(self) -> None:
        self.begun = 0.0
        self.ends: list[float] = []

    def on_epoch_begin(self, _number: int) -> None:
        """Note the first."""
        self.begun = self.begun or perf_counter()

    def on_epoch_end(self, _epoch: Any) -> None:
        """Note each."""
        self.ends.append(perf_counter())


def compiled(task: Task) -> Train:
    """Return the training by the compiled engine."""
    return _prepare(task, "numba")


def reference(task: Task) -> Train:
    """Return the training by the NumPy reference."""
    return _prepare(task, "numpy")


def settings_of(task: Task, engine: str) -> dict[str, Any]:
    """Return the estimator's settings."""
    epochs = task.epochs if task.solver == "lbfgs" else 1 + task.epochs
    W, b = zip(*task.start(), strict=True)
    return {
        "hidden_layer_sizes": task.sizes[1:-1],
        "activation": "logistic" if task.tiny else "relu",
        "loss": "squared_error" if task.tiny else "log_loss",
        "solver": "sgd" if task.solver == "momentum" else task.solver,
        "momentum": 0.9 if task.solver == "momentum" else 0.0,
        "nesterovs_momentum": False,
        "alpha": 0.0,
        "batch_size": task.batch,
        "learning_rate_init": RATES[task.solver] or 0.001,
        "max_iter": epochs,
        "n_iter_no_change": epochs,
        "tol": 0.0,
        "shuffle": False,
        "start_weights": (W, b),
        "dtype": task.dtype,
        "engine": engine,
    }


def _prepare(task: Task, engine: str) -> Train:
    X, y = task.data()
    settings = [settings_of(one, engine) for one in task.alone()]

    def train() -> Trained:
        clock, of_last = Clock(), Clock()
        models = [MLPClassifier(**one) for one in settings]
        models[-1].set_params(callbacks=[of_last])
        models[0].set_params(callbacks=[clock])  # in lockstep an epoch of the first is one of all
        start = perf_counter()
        fit_together([(model, X, y) for model in models])
        end = perf_counter()
        networks = [list(zip(one.coefs_, one.intercepts_, strict=True)) for one in models]
        layers = stacked(networks) if task.folds > 1 else networks[0]
        if task.solver == "lbfgs":
            return Trained(layers, end - start)
        if task.folds > 1 and of_last.ends[0] > clock.ends[-1]:
            raise RuntimeError("The folds were trained in turn: the first's epochs are its own.")
        set_up = clock.begun - start + end - clock.ends[-1]
        return Trained(layers, clock.ends[-1] - clock.ends[0], set_up)

    return train
