"""MLPClassifier and MLPRegressor: the network as scikit-learn estimators, gradients included.

Names and defaults are scikit-learn's.  Added: `loss`, `output_activation`, `initializer`,
`start_weights`, and the methods `compute_loss` (J over the rows given, which a full batch descends;
a minibatch, as scikit-learn's, divides the penalty by its own rows) and `gradients` (J's gradient).
"""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from .chain import Array
from .errors import InputError
from .initializers import StartWeights
from .losses import LOSSES, Loss
from .mlp import MLP
from .names import lookup

PROBABILISTIC = ("binary_cross_entropy", "categorical_cross_entropy")


class MLPClassifier(ClassifierMixin, MLP):
    """A multilayer perceptron for classes, trained by backpropagation.

    J = (Σ_rows ℓ + ½ α Σ W²) / rows.  `loss="log_loss"`: with two classes binary cross-entropy on
    one logistic unit, with more categorical cross-entropy on softmax.  Any other loss of the
    table (`half_squared_error`, …) compares one unit a class, logistic unless
    `output_activation` says otherwise, with the class coded as 1 and the others as 0.

    Attributes:
        classes_: the classes in sorted order, as in y.
        coefs_, intercepts_: weights (n_in, n_out) and biases (n_out,) of each layer.
        loss_curve_, loss_, best_loss_: the mean loss of each epoch, the last, the least.
        n_iter_: the epochs run.

    Raises:
        InputError: for a setting or a target that cannot be used.
        DivergenceError: if the loss leaves the finite numbers.

    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], ["no", "yes", "yes", "no"]
    >>> model = MLPClassifier((4,), "tanh", solver="lbfgs", random_state=1).fit(X, y)
    >>> model.predict(X).tolist()
    ['no', 'yes', 'yes', 'no']
    >>> model.gradients(X, y).dW[0].shape == model.coefs_[0].shape
    True
    """

    def _learn_targets(self, y: Array) -> tuple[Loss, str]:
        check_classification_targets(y)
        self.classes_ = np.unique(column_or_1d(y, warn=True))
        two = len(self.classes_) == 2
        if len(self.classes_) < 2:
            raise InputError(
                f"`y` must hold at least 2 classes; it holds 1 class, {self.classes_.tolist()}."
            )
        name = self.loss
        if name == "log_loss":
            name = PROBABILISTIC[0] if two else PROBABILISTIC[1]
        loss = lookup(LOSSES, name, "loss")
        self._one_unit = two and loss.name == PROBABILISTIC[0]
        return loss, loss.outputs[0] if loss.outputs else "logistic"

    def encode_targets(self, y: Array) -> Array:
        """Return 1 for each row's class and 0 for the others, (rows, n_outputs)."""
        labels = column_or_1d(y)
        strangers = np.setdiff1d(labels, self.classes_)
        if len(strangers):
            raise InputError(
                f"`y` must hold only classes seen in fit, {self.classes_.tolist()}; "
                f"it also holds {strangers.tolist()[:5]}."
            )
        codes = np.searchsorted(self.classes_, labels)
        if self._one_unit:
            return codes[:, None].astype(np.float64)
        return np.eye(len(self.classes_))[codes]

    def predict(self, X: ArrayLike) -> Array:
        """Return the class of each row: the one of the largest probability."""
        largest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[largest]

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the classes' probabilities, (rows, classes), in the order of `classes_`.

        Outputs that are no distribution (a squared error's) are cut off at 0 and divided by
        their sum; in a row without a positive output the largest has all, equals share it.
        """
        outputs = self._outputs(X)
        if self._one_unit:
            return np.hstack([1 - outputs, outputs])
        largest = outputs.max(axis=1, keepdims=True)
        shares = np.where(largest > 0, np.maximum(outputs, 0), outputs == largest)
        shares = shares.astype(outputs.dtype, copy=False)
        return shares / shares.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithm of `predict_proba`, −∞ where that is 0."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))


class MLPRegressor(RegressorMixin, MLP):
    """A multilayer perceptron for numbers, trained by backpropagation.

    J = (Σ_rows ℓ + ½ α Σ W²) / rows with `loss="squared_error"` by default: ℓ = ½ Σ (a − y)²,
    summed over the outputs.  The output is linear unless the loss or `output_activation` says
    otherwise.  y is (rows,) or (rows, n_outputs); one column is taken as (rows,), with a warning.

    With k outputs, scikit-learn's sgd and adam descend the gradient of the same sum, so the weights
    are equal; the squared error that it reports as `loss_` is the mean over the outputs, 1/k of
    the one here.  Its lbfgs takes that mean with the gradient of the sum, so other steps.  Its
    poisson loss differs by a constant: y log y − y there, log y! here.

    Attributes: as in MLPClassifier, without `classes_`.

    Raises:
        InputError: for a setting or a target that cannot be used.
        DivergenceError: if the loss leaves the finite numbers.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]
    >>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0, random_state=1)
    >>> model.fit(X, y).predict([[10.0]]).round(3)
    array([21.])
    """

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
        output_activation: str = "auto",
        initializer: str = "auto",
        start_weights: StartWeights | None = None,
    ) -> None:
        # scikit-learn reads an estimator's settings off its own signature, where `loss` is first
        super().__init__(
            hidden_layer_sizes,
            activation,
            loss=loss,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate_init=learning_rate_init,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            n_iter_no_change=n_iter_no_change,
            max_fun=max_fun,
            output_activation=output_activation,
            initializer=initializer,
            start_weights=start_weights,
        )

    def _learn_targets(self, y: Array) -> tuple[Loss, str]:
        loss = lookup(LOSSES, self.loss, "loss")
        if loss.name in PROBABILISTIC:
            raise InputError(f"`loss` {self.loss} compares classes; use MLPClassifier for it.")
        numbers = _numbers(y)
        if loss.name == "poisson" and (numbers < 0).any():
            raise InputError(
                f"`y` must not be negative with the poisson loss; it has {numbers.min()}."
            )
        if np.ndim(y) == 2 and np.shape(y)[1] == 1:
            y = column_or_1d(y, warn=True)
        self._one_dimensional = np.ndim(y) == 1
        return loss, loss.outputs[0] if loss.outputs else "identity"

    def encode_targets(self, y: Array) -> Array:
        """Return y as (rows, n_outputs)."""
        numbers = _numbers(y)
        return numbers[:, None] if numbers.ndim == 1 else numbers

    def predict(self, X: ArrayLike) -> Array:
        """Return the prediction of each row, (rows,) or (rows, n_outputs) as y was in fit."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._one_dimensional else outputs


def _numbers(y: ArrayLike) -> Array:
    try:
        return np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        wrong = next((value for value in np.ravel(y) if not isinstance(value, Real)), y)
        raise InputError(
            f"`y` must hold numbers; it has {str(wrong)!r}. Use MLPClassifier for classes."
        ) from error
