"""scikit-learn: `MLPClassifier.fit`, the loop timed between ends of epochs."""

from time import perf_counter
from typing import Any

from sklearn.neural_network import MLPClassifier

from ..task import RATES, Task
from . import Train, Trained


class Watched(MLPClassifier):
    """Notes when epochs end."""

    ends: list[float]

    def _update_no_improvement_count(self, *arguments: Any) -> None:
        # scikit-learn calls it after each epoch; it has no public callbacks before 1.9
        self.ends.append(perf_counter())
        super()._update_no_improvement_count(*arguments)


def prepare(task: Task) -> Train:
    """Return the training; its start weights are those of `random_state`, as the task's."""
    X, y = task.data()
    epochs = task.epochs if task.solver == "lbfgs" else 1 + task.epochs
    settings = {
        "hidden_layer_sizes": task.sizes[1:-1],
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
        "random_state": task.seed,
    }

    def train() -> Trained:
        model = Watched(**settings)
        model.ends = []
        start = perf_counter()
        model.fit(X, y)
        end = perf_counter()
        layers = list(zip(model.coefs_, model.intercepts_, strict=True))
        if task.solver == "lbfgs":
            return Trained(layers, end - start)
        return Trained(layers, model.ends[-1] - model.ends[0])

    return train
