"""What the units of a hidden layer look for in a picture of a digit, drawn in characters.

After scikit-learn's example "Visualization of MLP weights on MNIST", on the 8 × 8 pictures that
scikit-learn ships: the network is trained with the same settings by scikit-learn and by chainrule.
"""

import warnings
from typing import Any

import numpy as np
from sklearn import neural_network
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

import chainrule
from chainrule.chain import Array

SETTINGS: dict[str, Any] = {
    "hidden_layer_sizes": (40,),
    "solver": "sgd",
    "learning_rate_init": 0.2,
    "max_iter": 8,
    "random_state": 1,
}
SIDE = 8  # pixels
SHADES = ["=", "-", ".", "+", "#"]  # from the most negative to the most positive


def shaded(values: Array) -> list[str]:
    """Return 64 numbers as lines of characters, two a pixel."""
    size = 0.6 * abs(values).max() or 1.0  # what is beyond is the darkest shade too
    steps = np.rint(2 * np.clip(values / size, -1, 1)).astype(int) + 2
    return ["".join(2 * SHADES[step] for step in row) for row in steps.reshape(SIDE, SIDE)]


def draw(pictures: list[Array], titles: list[str]) -> None:
    """Print pictures side by side, each below its title."""
    print("   ".join(f"{title:16}" for title in titles).rstrip())
    for lines in zip(*map(shaded, pictures), strict=True):
        print("   ".join(lines))
    print()


def show_weights(theirs: Any, ours: chainrule.MLPClassifier, units: list[int]) -> None:
    """Draw what comes into each of some units, by both libraries."""
    for name, model in (("scikit-learn", theirs), ("chainrule", ours)):
        print(f"Weights into {len(units)} hidden units, {name}:")
        draw([model.coefs_[0][:, unit] for unit in units], [f"unit {unit}" for unit in units])


def show_one_picture(model: chainrule.MLPClassifier, X: Array, y: Array) -> None:
    """Draw the test picture with the largest loss, and the descent that it asks for."""
    chances = model.predict_proba(X)
    worst = int(np.argmin(chances[np.arange(len(y)), y]))
    picture, digit = X[worst : worst + 1], y[worst : worst + 1]
    gradients = model.gradients(picture, digit)
    dW, delta = gradients.dW[0], gradients.db[0]  # of one row, ∂J/∂b is ∂J/∂z
    units = np.argsort(-abs(delta))[:3]
    print(
        f"The test picture with the largest loss, a {digit[0]} taken for a "
        f"{model.predict(picture)[0]}, and the descent\n"
        "−∂J/∂W that it asks for in the weights into the three units with the largest\n"
        "δ = ∂J/∂z. By the chain rule ∂J/∂W[i, j] = x[i] δ[j]: each is the picture times\n"
        "a number, upright or inverted."
    )
    titles = [f"unit {unit}, δ {delta[unit]:+.2f}" for unit in units]
    draw([picture[0], *(-dW[:, unit] for unit in units)], [f"a {digit[0]}", *titles])


def main() -> None:
    """Train both networks, compare them, and look inside."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # 8 epochs on purpose
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16, y, test_size=0.3, random_state=0)
    theirs = neural_network.MLPClassifier(**SETTINGS).fit(X_train, y_train)
    ours = chainrule.MLPClassifier(**SETTINGS).fit(X_train, y_train, X_val=X_test, y_val=y_test)

    print(f"Digits, {len(X_train)} pictures to train on, {len(X_test)} to test, 8 epochs\n")
    print(f"{'':24}{'scikit-learn':>14}{'chainrule':>14}")
    for name, rows, classes in (("training", X_train, y_train), ("test", X_test, y_test)):
        scores = [100 * model.score(rows, classes) for model in (theirs, ours)]
        print(f"{f'accuracy, {name}, %':24}{scores[0]:14.2f}{scores[1]:14.2f}")
    print(f"{'loss, training':24}{theirs.loss_:14.6f}{ours.loss_:14.6f}\n")
    show_weights(theirs, ours, [0, 1, 2, 3])

    print("What only chainrule shows\n")
    print("The loss after each epoch, on rows that are not trained on (X_val, y_val):")
    print("  training", "".join(f"{loss:8.4f}" for loss in ours.loss_curve_))
    print("  test    ", "".join(f"{loss:8.4f}" for loss in ours.validation_loss_curve_ or ()))
    print()
    show_one_picture(ours, X_test, y_test)
    print(f"Legend: {' '.join(SHADES)} from the most negative to the most positive, . near 0")


if __name__ == "__main__":
    main()
