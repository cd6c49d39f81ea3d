"""What both estimators share: the settings of scikit-learn's names and ours, fit, partial_fit."""

import warnings
from collections.abc import Sequence
from typing import Any, Self

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from .display import NetworkDisplay
from .errors import InputError
from .fitting import Fitting
from .hidden_layers import ActivationChoice
from .initializers import StartWeights
from .losses import Loss
from .named import no_such_setting, only_its_own
from .sklearn_callbacks import CallbackSupportMixin, with_callbacks
from .stops import warning_of


class MLP(NetworkDisplay, Fitting, CallbackSupportMixin, BaseEstimator):
    """A multilayer perceptron; MLPClassifier and MLPRegressor say what its targets mean."""

    @only_its_own
    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: ActivationChoice | Sequence[ActivationChoice] = "relu",
        *,
        loss: str | Loss = "log_loss",
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
        class_weight: Any = None,
        dtype: Any = None,
        weight_decay: float = 0.0,
        max_grad_norm: float | None = None,
        max_time: float | None = None,
        callbacks: Sequence[Any] | None = None,
        engine: str = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.loss = loss
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.output_activation = output_activation
        self.initializer = initializer
        self.start_weights = start_weights
        self.dropout = dropout
        self.class_weight = class_weight
        self.dtype = dtype
        self.weight_decay = weight_decay
        self.max_grad_norm = max_grad_norm
        self.max_time = max_time
        self.callbacks = callbacks
        self.engine = engine

    @with_callbacks
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
        resume: Any = None,
    ) -> Self:
        """Train on rows X (n, n_features), maybe sparse, targets y and weights (n,) of the rows.

        Rows given as `X_val`, `y_val` are validated with after each epoch; without them
        `early_stopping` keeps a share of X.  `resume` names the file of a `Checkpoint`: training
        goes on from there, with the same rows and settings.

        Raises:
            InputError: if a setting, or a row, cannot be used.
            DivergenceError: if the loss leaves the finite numbers or runs away; the fitted
                attributes then hold the weights of the last epoch that ended in bounds.
        """
        validation = (X_val, y_val, sample_weight_val)
        fresh = self._begins_anew()
        self._fit(X, y, sample_weight, fresh=fresh, validation=validation, resume=resume)
        said = warning_of(self.stop_reason_, self._settings(), self.loss_curve_)
        if said:
            # shown at the caller's line: scikit-learn's decorator is one call in between
            warnings.warn(*said, stacklevel=3 if hasattr(MLP.fit, "__wrapped__") else 2)
        return self

    def set_params(self, **params: Any) -> Self:
        """Change settings.

        Raises:
            InputError: for a name that is none of them.
        """
        known = self.get_params(deep=False)
        for name in params:
            if name not in known:
                owner = f"Invalid parameter: {type(self).__name__}"
                raise InputError(no_such_setting(name, known, owner))
        return super().set_params(**params)

    def build(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Make the network for these rows and draw its start weights, without training it.

        It predicts, and shows its loss and gradients; `partial_fit`, or `fit` with
        `warm_start=True`, goes on from it.
        """
        with self._all_or_nothing():
            random = check_random_state(self.random_state)
            self._prepare(X, y, None, self._settings(), random, fresh=True)
        self._keep()
        return self

    def _begins_anew(self) -> bool:
        """Whether `fit` draws start weights, and does not go on from where it ended."""
        return not (self.warm_start and hasattr(self, "parameters_"))

    def _takes_steps(self) -> bool:
        """Whether `partial_fit` has a meaning: one epoch of steps, which nothing judges."""
        if self.solver == "lbfgs":
            raise AttributeError(
                "`partial_fit` needs the solver sgd or adam: an epoch of steps; lbfgs takes none."
            )
        if self.early_stopping:
            raise AttributeError(
                "`partial_fit` needs early_stopping=False: it is one epoch, and what to stop "
                "after is yours to decide."
            )
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
