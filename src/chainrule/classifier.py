"""MLPClassifier: a network for classes, one or several labels a row."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.metaestimators import available_if

from .chain import Array
from .encoding import codes
from .errors import InputError
from .labels import (
    ClassWeight,
    as_labels,
    class_weights,
    classes_of,
    is_multilabel,
    require_classes,
    require_comparable,
    require_known,
)
from .losses import LOSSES, PROBABILISTIC, Loss
from .mlp import MLP
from .names import lookup
from .settings import BALANCED
from .shares import shares_of


class MLPClassifier(ClassifierMixin, MLP):
    """A multilayer perceptron for classes, trained by backpropagation.

    J = (Σ_rows w ℓ + ½ α Σ W²) / Σ w.  `loss="log_loss"`: with two classes binary cross-entropy
    on one logistic unit, with more categorical cross-entropy on softmax, with several labels a
    row (y of 0 and 1, (rows, labels)) binary cross-entropy on a logistic unit a label.
    `output_activation="softmax"` gives two classes two units.  Any other loss of the table
    (`half_squared_error`, …) compares one unit a class, logistic unless `output_activation` says
    otherwise, with the class coded as 1 and the others as 0.  One class only is learned too, with
    a warning: its probability is 1.

    Attributes:
        classes_: the classes in sorted order, as in y; the columns' numbers for several labels.
        coefs_, intercepts_: weights (n_in, n_out) and biases (n_out,) of each layer.
        loss_curve_, loss_, best_loss_: the mean loss of each epoch, the last, the least.
        validation_scores_, validation_loss_curve_, best_validation_score_: of validation rows.
        n_iter_, t_: the epochs of the last fit, the rows seen in all.
        stop_reason_: "converged", the limit that was reached, "callback", "interrupted",
            "diverged" or, of lbfgs, "no lower point".

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

    @available_if(MLP._takes_steps)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch over these rows, from where the last call ended.

        `classes`, (n_classes,), names all that will come; the first call needs it.  Of several
        labels a row they are the labels' numbers, from 0.

        Raises:
            InputError: if the classes are not known, or a setting or row cannot be used.
            DivergenceError: as in `fit`.
        """
        fresh = not hasattr(self, "parameters_")
        known = None if fresh else self.classes_
        require_classes(y, classes, known)
        if fresh and self.class_weight == BALANCED:
            raise InputError(
                "`class_weight` must not be 'balanced' with partial_fit, which does not see all "
                "rows; give the weight of each class."
            )
        if is_multilabel(y):
            classes = None  # each label has its column, whichever rows come first
        return self._fit(X, y, sample_weight, fresh=fresh, once=True, classes=classes)

    def _clean_targets(self, y: Any) -> Array:
        return as_labels(y)

    def _learn_targets(self, y: Array) -> None:
        self.classes_ = classes_of(y)
        self._multilabel = y.ndim == 2
        binary = self._choose_loss()[0].name == PROBABILISTIC[0]
        self._one_unit = len(self.classes_) == 2 and not self._multilabel and binary

    def _choose_loss(self) -> tuple[Loss, str]:
        name = self.loss
        if name == "log_loss":
            few = len(self.classes_) <= 2 and self.output_activation != "softmax"
            binary = self._multilabel or few
            name = PROBABILISTIC[0] if binary else PROBABILISTIC[1]
        loss = name if isinstance(name, Loss) else lookup(LOSSES, name, "loss")
        if self._multilabel and loss.name == PROBABILISTIC[1]:
            raise InputError(
                f"`loss` {loss.name} is for one class a row; several labels a row need another, "
                "binary_cross_entropy."
            )
        return loss, loss.outputs[0] if loss.outputs else "logistic"

    def _weights_of_classes(self, y: Array) -> ClassWeight | None:
        return class_weights(self.class_weight, y, self.classes_)

    def encode_targets(self, y: Array) -> Array:
        """Return 1 for each row's class and 0 for the others, (rows, n_outputs)."""
        require_known(y, self.classes_, self._multilabel)
        return codes(y, self.classes_, self._one_unit)

    def predict(self, X: ArrayLike) -> Array:
        """Return the class of each row, (rows,), the most probable one.

        Of several labels a row, (rows, labels): 1 for each that is more probable than not.
        """
        return np.concatenate([self._classes_of(part) for part in self._outputs_of_blocks(X)])

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the classes' probabilities, (rows, classes), in the order of `classes_`.

        Of several labels a row, the probability of each.  Outputs that are no distribution (a
        squared error's) are cut off at 0 and divided by their sum; in a row without a positive
        output the largest has all, equals share it.
        """
        return self._shares(self._outputs(X))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithm of `predict_proba`, −∞ where that is 0."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the share of the rows, by their weights, that are given their class.

        Raises:
            InputError: for text where the classes are numbers, or numbers where they are text.
        """
        predicted = self.predict(X)
        if not self._multilabel:
            require_comparable(y, self.classes_)
        return float(accuracy_score(y, predicted, sample_weight=sample_weight))

    def _shares(self, outputs: Array) -> Array:
        if self._multilabel:
            return np.clip(outputs, 0, 1)
        return shares_of(outputs, self._one_unit)

    def _classes_of(self, outputs: Array) -> Array:
        if self._multilabel:
            return (outputs > 0.5).astype(int)
        shares = self._shares(outputs) if self._one_unit else outputs
        return self.classes_[shares.argmax(axis=1)]

    def _score_of(self, outputs: Array, y: Array, weight: Array | None) -> float:
        predicted = self._classes_of(outputs)
        return float(accuracy_score(y, predicted, sample_weight=weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
