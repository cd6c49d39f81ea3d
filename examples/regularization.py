"""The penalty α on three tables of two classes: how strongly it holds the weights back.

After scikit-learn's example "Varying regularization in Multi-layer Perceptron": each network is
trained with the same settings by scikit-learn and by chainrule.  The hidden units are tanh, not
ReLU, at whose kinks L-BFGS may stop above the minimum.
"""

from typing import Any

import numpy as np
from numpy.random import RandomState
from sklearn import neural_network
from sklearn.datasets import make_circles, make_classification, make_moons
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import chainrule

ALPHAS = np.logspace(-1, 1, 5)
SETTINGS: dict[str, Any] = {
    "solver": "lbfgs",
    "hidden_layer_sizes": (10, 10),
    "activation": "tanh",
    "max_iter": 2000,
    "random_state": 1,
}

HEADING = """\
             accuracy on the test rows, %     loss, training   pull on weights
      α   sklearn    ours   ours, stopped    sklearn    ours     data  penalty"""

EXPLANATION = """
What only chainrule shows:

"ours, stopped" has early_stopping="loss": 6 of the 60 rows judge each step of
L-BFGS, and the weights are kept that have the least loss on them. (scikit-learn
takes early_stopping=True with lbfgs too, without a word, and ignores it.)

"pull on weights" is the gradient taken apart: the norm of the part that comes
from the rows and of α W / rows, the part that comes from the penalty. At a
minimum the two pull equally hard in opposite directions. At the largest α the
weights are nearly 0 and so is all that pulls: nothing is learned any more."""


def straight() -> tuple[Any, Any]:
    """Return two classes which a line tells apart, with noise."""
    X, y = make_classification(n_features=2, n_redundant=0, n_clusters_per_class=1, random_state=0)
    return X + 2 * RandomState(2).uniform(size=X.shape), y


def pulls(model: chainrule.MLPClassifier, X: Any, y: Any) -> tuple[float, float]:
    """Return the norm of ∂J/∂W without the penalty, and that of the penalty's share, αW/rows."""
    shares = [model.alpha * W / len(X) for W in model.coefs_]
    of_rows = [dW - share for dW, share in zip(model.gradients(X, y).dW, shares, strict=True)]
    return norm(of_rows), norm(shares)


def norm(arrays: list[Any]) -> float:
    """Return the root of the sum of all squares."""
    return float(np.sqrt(sum(np.sum(array**2) for array in arrays)))


def compare(X: Any, y: Any) -> None:
    """Train with every α, and print a line each."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=42)
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    for alpha in ALPHAS:
        theirs = neural_network.MLPClassifier(alpha=alpha, **SETTINGS).fit(X_train, y_train)
        ours = chainrule.MLPClassifier(alpha=alpha, **SETTINGS).fit(X_train, y_train)
        stopped = chainrule.MLPClassifier(alpha=alpha, early_stopping="loss", **SETTINGS)
        stopped.fit(X_train, y_train)
        scores = [100 * model.score(X_test, y_test) for model in (theirs, ours, stopped)]
        data, penalty = pulls(ours, X_train, y_train)
        print(
            f"{alpha:7.2f}{scores[0]:10.1f}{scores[1]:8.1f}{scores[2]:16.1f}"
            f"{theirs.loss_:11.4f}{ours.loss_:8.4f}{data:9.4f}{penalty:9.4f}"
        )


def main() -> None:
    """Compare the penalties on every table."""
    tables = {
        "moons": make_moons(noise=0.3, random_state=0),
        "circles": make_circles(noise=0.2, factor=0.5, random_state=1),
        "straight": straight(),
    }
    for name, (X, y) in tables.items():
        print(f"{name}: 60 rows to train on, 40 to test\n{HEADING}")
        with threadpool_limits(1):  # as chainrule does by itself for tables so small
            compare(X, y)
        print()
    print(EXPLANATION.lstrip())


if __name__ == "__main__":
    main()
