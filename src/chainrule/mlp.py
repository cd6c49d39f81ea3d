"""What both estimators share: settings, training, the objective and its gradient."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from .activations import ACTIVATIONS
from .chain import Array
from .errors import InputError
from .initializers import INITIALIZERS, StartWeights, given, initialize
from .losses import Loss
from .memory import require_room
from .names import lookup, unknown
from .network import BLOCK, OUTPUT_ACTIVATIONS, Network
from .optimizers import SGD, Adam, Optimizer
from .parameters import Gradients, Parameters
from .settings import check_settings, hidden_sizes
from .training import History, OnEpoch, Plan, descend, descend_lbfgs

SOLVERS = ("adam", "lbfgs", "sgd")


class MLP(BaseEstimator, ABC):
    """A multilayer perceptron; MLPClassifier and MLPRegressor say what its targets mean."""

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        loss: str = "log_loss",
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
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.loss = loss
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.output_activation = output_activation
        self.initializer = initializer
        self.start_weights = start_weights

    @abstractmethod
    def encode_targets(self, y: Array) -> Array:
        """Turn targets as users write them into what the outputs are compared with."""

    @abstractmethod
    def _learn_targets(self, y: Array) -> tuple[Loss, str]:
        """Keep what the targets say (classes, width); return the loss and the usual output."""

    def fit(self, X: ArrayLike, y: ArrayLike, *, on_epoch: OnEpoch | None = None) -> Self:
        """Train on rows X (n, n_features) and targets y; `on_epoch(number, loss)` may listen.

        Raises:
            InputError: if a setting cannot be used.
            DivergenceError: if the loss leaves the finite numbers or runs away; the fitted
                attributes then hold the weights of the last epoch that ended in bounds.
        """
        check_settings(self.get_params(deep=False))
        before = dict(vars(self))
        try:
            ready = self._prepare(X, y)
        except BaseException:
            # all or nothing: no half of a fit that never began beside an earlier one's weights
            self.__dict__ = before
            raise
        self._train(*ready, on_epoch)
        return self

    def compute_loss(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return J(X, y) = (Σ_rows ℓ + ½ α Σ W²) / rows: what one step over these rows descends."""
        rows, target = self._rows_and_targets(X, y)
        return self.network_.objective(self.parameters_, rows, target)

    def gradients(self, X: ArrayLike, y: ArrayLike) -> Gradients:
        """Return ∂J/∂W and ∂J/∂b over these rows, each in its parameter's shape.

        `gradients.dW[0]` belongs to `coefs_[0]`, `gradients.db[0]` to `intercepts_[0]`.
        """
        rows, target = self._rows_and_targets(X, y)
        return self.network_.gradients(self.parameters_, rows, target)

    def restore(self, parameters: Parameters, y: Array, loss_curve: Sequence[float]) -> Self:
        """Become fitted again with kept parameters; `y` holds each class, or any number."""
        loss, usual_output = self._learn_targets(y)
        self.network_ = self._build(parameters.layer_sizes, loss, usual_output)
        self.parameters_ = parameters
        self.n_features_in_ = parameters.layer_sizes[0]
        self._keep(History(list(loss_curve), len(loss_curve)))
        return self

    @property
    def coefs_(self) -> tuple[Array, ...]:
        """The weights of each layer, (n_in, n_out): views, so `coefs_[0][...] = W` sets them."""
        return self.parameters_.W

    @property
    def intercepts_(self) -> tuple[Array, ...]:
        """The biases of each layer, (n_out,): views, as `coefs_`."""
        return self.parameters_.b

    @property
    def out_activation_(self) -> str:
        """The name of the output activation."""
        return self.network_.output_activation

    def _prepare(self, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array, Any, Optimizer | None]:
        """Look everything up, draw the start; return rows, targets, random numbers, optimizer."""
        rows, targets = validate_data(
            self, X, y, dtype=[np.float64, np.float32], multi_output=True, y_numeric=False
        )
        optimizer = self._optimizer()
        random = check_random_state(self.random_state)
        loss, usual_output = self._learn_targets(targets)
        encoded = self.encode_targets(targets).astype(rows.dtype, copy=False)
        sizes = (rows.shape[1], *hidden_sizes(self.hidden_layer_sizes), encoded.shape[1])
        self.network_ = self._build(sizes, loss, usual_output)
        at_once = min(len(rows), BLOCK)
        batch = at_once if optimizer is None else min(self._batch(len(rows)), at_once)
        require_room(sizes, batch, at_once, optimizer is None, "hidden_layer_sizes")
        self.parameters_ = self._start(sizes, random, rows.dtype)
        return rows, encoded, random, optimizer

    def _build(self, sizes: tuple[int, ...], loss: Loss, usual_output: str) -> Network:
        hidden = lookup(ACTIVATIONS, self.activation, "activation")
        output = usual_output if self.output_activation == "auto" else self.output_activation
        lookup(OUTPUT_ACTIVATIONS, output, "output_activation")
        if loss.outputs and output not in loss.outputs:
            raise InputError(
                f"`output_activation` must be {' or '.join(loss.outputs)} with the loss "
                f"{loss.name}; got {output!r}, whose values the loss does not accept."
            )
        if output == "softmax" and sizes[-1] == 1:
            raise InputError(
                "`output_activation` must not be 'softmax' on one output: a share of the whole "
                "among one is always 1. Take 'auto', or a loss with one unit a class."
            )
        return Network(sizes, (hidden,) * (len(sizes) - 2), output, loss, self.alpha)

    def _start(self, sizes: tuple[int, ...], random: Any, dtype: Any) -> Parameters:
        if self.start_weights is None:
            name = self.initializer
            if name == "auto":  # scikit-learn's rule
                name = "glorot_logistic" if self.activation == "logistic" else "glorot"
            start = initialize(lookup(INITIALIZERS, name, "initializer"), sizes, random)
        else:
            start = given(self.start_weights, sizes)
        return Parameters.of(start.flat.astype(dtype), sizes)

    def _train(
        self,
        X: Array,
        target: Array,
        random: Any,
        optimizer: Optimizer | None,
        on_epoch: OnEpoch | None,
    ) -> None:
        plan = Plan(
            max_epochs=self.max_iter,
            batch_size=self._batch(len(X)),
            shuffle=self.shuffle,
            tol=self.tol,
            patience=self.n_iter_no_change,
            max_evaluations=self.max_fun,
        )
        history = History()
        try:
            training = (self.network_, self.parameters_, X, target)
            if optimizer is None:
                descend_lbfgs(*training, plan, history, on_epoch)
            else:
                descend(*training, optimizer, plan, random, history, on_epoch)
        finally:
            self._keep(history)
        if not history.converged:
            warnings.warn(self._not_converged(history.limit), ConvergenceWarning, stacklevel=3)

    def _batch(self, n_rows: int) -> int:
        return min(200 if self.batch_size == "auto" else int(self.batch_size), n_rows)

    def _not_converged(self, limit: str) -> str:
        if not limit:
            return (
                "Training stopped before it converged: the line search of L-BFGS found no lower "
                "point. Raise `tol`, or take a smooth `activation`."
            )
        name = {"max_epochs": "max_iter", "max_evaluations": "max_fun"}[limit]
        return (
            f"Training stopped at `{name}`={getattr(self, name)} before it converged; "
            "raise it if the loss still falls."
        )

    def _keep(self, history: History) -> None:
        self.loss_curve_ = history.loss_curve
        self.loss_ = history.loss_curve[-1] if history.loss_curve else float("nan")
        self.best_loss_ = min(history.loss_curve, default=float("nan"))
        self.n_iter_ = history.n_iter
        self.n_layers_ = len(self.network_.layer_sizes)
        self.n_outputs_ = self.network_.layer_sizes[-1]

    def _optimizer(self) -> Optimizer | None:
        """Return the rule of a step; None for L-BFGS, which takes its own."""
        if self.solver == "lbfgs":
            return None
        if self.solver == "sgd":
            return SGD(self.learning_rate_init, self.momentum, self.nesterovs_momentum)
        if self.solver == "adam":
            return Adam(self.learning_rate_init, self.beta_1, self.beta_2, self.epsilon)
        raise InputError(unknown(self.solver, SOLVERS, "solver"))

    def _outputs(self, X: ArrayLike) -> Array:
        check_is_fitted(self, "parameters_")
        dtype = self.parameters_.flat.dtype
        rows = validate_data(self, X, dtype=dtype, reset=False)
        return self.network_.predict(self.parameters_, rows)

    def _rows_and_targets(self, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        check_is_fitted(self, "parameters_")
        dtype = self.parameters_.flat.dtype
        rows, targets = validate_data(
            self, X, y, dtype=dtype, multi_output=True, y_numeric=False, reset=False
        )
        encoded = self.encode_targets(targets).astype(dtype, copy=False)
        if encoded.shape[1] != self.n_outputs_:
            raise InputError(
                f"`y` must have as many columns as in fit, {self.n_outputs_}; "
                f"got the shape {targets.shape}."
            )
        return rows, encoded
