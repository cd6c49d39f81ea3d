"""Seven ways to step, on four small tables: which of them learn, and why the others do not.

After scikit-learn's example "Compare Stochastic learning strategies for MLPClassifier": each
network is trained with the same settings by scikit-learn and by chainrule.
"""

import warnings
from typing import Any

import numpy as np
from sklearn import datasets, neural_network
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import minmax_scale
from threadpoolctl import threadpool_limits

import chainrule
from chainrule import Epoch

PLAIN = {"solver": "sgd", "learning_rate_init": 0.2, "momentum": 0.0}
MOMENTUM = PLAIN | {"momentum": 0.9, "nesterovs_momentum": False}
NESTEROV = PLAIN | {"momentum": 0.9, "nesterovs_momentum": True}
FALLING = {"learning_rate": "invscaling"}  # the rate, divided by the root of the rows seen

STRATEGIES: dict[str, dict[str, Any]] = {
    "constant rate": PLAIN,
    "constant, momentum": MOMENTUM,
    "constant, Nesterov": NESTEROV,
    "falling rate": PLAIN | FALLING,
    "falling, momentum": MOMENTUM | FALLING,
    "falling, Nesterov": NESTEROV | FALLING,
    "adam": {"solver": "adam", "learning_rate_init": 0.01},
}

HEADING = """\
                     accuracy, %          loss           chainrule, at the end
                    sklearn   ours   sklearn   ours    rate   slope  rate·slope²"""

EXPLANATION = """
The last three columns need what only chainrule shows: the gradient of a fitted
network, and the learning rate after each epoch. A step of plain descent lowers
the loss by about rate × slope². Where the rate falls, that is soon about `tol`,
0.0001, or less, and training stops: the slope is still steep, the steps have
become too short."""


def tables() -> dict[str, tuple[Any, Any, int]]:
    """Return inputs, classes, and for how many epochs to train at most."""
    return {
        "iris": (*datasets.load_iris(return_X_y=True), 200),
        "digits": (*datasets.load_digits(return_X_y=True), 15),
        "circles": (*datasets.make_circles(noise=0.2, factor=0.5, random_state=1), 200),
        "moons": (*datasets.make_moons(noise=0.3, random_state=0), 200),
    }


class LastRate:
    """A callback that keeps the learning rate after the last epoch."""

    rate = float("nan")

    def on_epoch_end(self, epoch: Epoch) -> None:
        """Keep the rate of the next step."""
        assert epoch.learning_rate is not None  # it is for L-BFGS only, which takes no such steps
        self.rate = epoch.learning_rate


def slope(model: chainrule.MLPClassifier, X: Any, y: Any) -> float:
    """Return ‖∂J/∂θ‖, how steep the loss is at the weights learned."""
    return float(np.linalg.norm(model.gradients(X, y).flat))


def compare(X: Any, y: Any, epochs: int) -> None:
    """Train with every strategy, twice, and print a line each."""
    for strategy, settings in STRATEGIES.items():
        shared = settings | {"max_iter": epochs, "random_state": 0}
        last = LastRate()
        theirs = neural_network.MLPClassifier(**shared).fit(X, y)
        ours = chainrule.MLPClassifier(**shared, callbacks=[last]).fit(X, y)
        steep = slope(ours, X, y)
        print(
            f"{strategy:18}{100 * theirs.score(X, y):9.1f}{100 * ours.score(X, y):7.1f}"
            f"{theirs.loss_:10.4f}{ours.loss_:7.4f}"
            f"{last.rate:8.4f}{steep:8.4f}{last.rate * steep**2:12.5f}"
        )


def main() -> None:
    """Compare the strategies on every table."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # so few epochs on purpose
    print("Accuracy and loss on the rows trained on, inputs scaled to 0..1")
    for name, (X, y, epochs) in tables().items():
        print(f"\n{name}: {len(X)} rows, {X.shape[1]} inputs, at most {epochs} epochs\n{HEADING}")
        with threadpool_limits(1):  # as chainrule does by itself for tables so small
            compare(minmax_scale(X), y, epochs)
    print(EXPLANATION)


if __name__ == "__main__":
    main()
