"""MLPRegressor: a network for numbers, one or several a row."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import column_or_1d

from .chain import Array
from .errors import InputError
from .hidden_layers import ActivationChoice
from .initializers import StartWeights
from .losses import LOSSES, PROBABILISTIC, Loss
from .mlp import MLP
from .named import only_its_own
from .names import lookup
from .scores import r_squared


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

    @only_its_own
    def __init__(
        self,
        loss: str | Loss = "squared_error",
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: ActivationChoice | Sequence[ActivationChoice] = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool | str = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        output_activation: str = "auto",
        initializer: str = "auto",
        start_weights: StartWeights | None = None,
        dropout: float | Sequence[float] = 0.0,
        dtype: Any = None,
        weight_decay: float = 0.0,
        max_grad_norm: float | None = None,
        max_time: float | None = None,
        callbacks: Sequence[Any] | None = None,
        engine: str = "auto",
    ) -> None:
        # scikit-learn reads an estimator's settings off its own signature, where `loss` is first
        super().__init__(
            hidden_layer_sizes,
            activation,
            loss=loss,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            power_t=power_t,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            n_iter_no_change=n_iter_no_change,
            max_fun=max_fun,
            output_activation=output_activation,
            initializer=initializer,
            start_weights=start_weights,
            dropout=dropout,
            dtype=dtype,
            weight_decay=weight_decay,
            max_grad_norm=max_grad_norm,
            max_time=max_time,
            callbacks=callbacks,
            engine=engine,
        )
        del self.class_weight  # what is no setting here must not look like one

    @available_if(MLP._takes_steps)
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Train for one epoch over these rows, from where the last call ended.

        Raises:
            InputError: if a setting or row cannot be used.
            DivergenceError: as in `fit`.
        """
        fresh = not hasattr(self, "parameters_")
        return self._fit(X, y, sample_weight, fresh=fresh, once=True)

    def _clean_targets(self, y: Any) -> Array:
        if np.ndim(y) == 2 and np.shape(y)[1] == 1:
            y = column_or_1d(y, warn=True)
        numbers = _numbers(y)
        if self._choose_loss()[0] == LOSSES["poisson"] and (numbers < 0).any():
            raise InputError(
                f"`y` must not be negative with the poisson loss; it has {numbers.min()}."
            )
        return numbers

    def _learn_targets(self, y: Array) -> None:
        self._one_dimensional = y.ndim == 1

    def _choose_loss(self) -> tuple[Loss, str]:
        loss = self.loss if isinstance(self.loss, Loss) else lookup(LOSSES, self.loss, "loss")
        if loss.name in PROBABILISTIC:
            asked = self.loss if isinstance(self.loss, str) else loss.name
            raise InputError(f"`loss` {asked} compares classes; use MLPClassifier for it.")
        return loss, loss.outputs[0] if loss.outputs else "identity"

    def encode_targets(self, y: Array) -> Array:
        """Return y as (rows, n_outputs)."""
        return y[:, None] if y.ndim == 1 else y

    def predict(self, X: ArrayLike) -> Array:
        """Return the prediction of each row, (rows,) or (rows, n_outputs) as y was in fit."""
        return self._numbers_of(self._outputs(X))

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return R² of the predictions, as scikit-learn's `r2_score`, of numbers of any size."""
        weight = None if sample_weight is None else np.asarray(sample_weight)
        return r_squared(np.asarray(y), self.predict(X), weight)

    def _numbers_of(self, outputs: Array) -> Array:
        return outputs[:, 0] if self._one_dimensional else outputs

    def _score_of(self, outputs: Array, y: Array, weight: Array | None) -> float:
        return r_squared(y, self._numbers_of(outputs), weight)


def _numbers(y: ArrayLike) -> Array:
    if np.asarray(y).dtype.kind in "mM":  # NumPy makes nanoseconds of them, even of NaT
        raise InputError(
            f"`y` must hold numbers; it has {np.ravel(y)[0]}, a time. Give the days, or seconds, "
            "since another."
        )
    try:
        numbers = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        wrong = next((value for value in np.ravel(y) if not isinstance(value, Real)), y)
        raise InputError(
            f"`y` must hold numbers; it has {str(wrong)!r}. Use MLPClassifier for classes."
        ) from error
    if not np.isfinite(numbers).all():
        wrong = numbers[~np.isfinite(numbers)][0]
        raise InputError(f"`y` must hold finite numbers; it has {wrong}. Leave such rows out.")
    return numbers
