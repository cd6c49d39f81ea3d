"""How an estimator is fitted: its rows made ready, its network made, trained, and kept."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Self

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike

from .callbacks import Listeners
from .chain import Array
from .checkpoints import Start, arrays_of
from .construction import (
    Settings,
    dropout_links,
    new_network,
    new_optimizer,
    new_parameters,
    new_plan,
    require_room_of,
)
from .display import Printer
from .doubts import warn_of
from .engines import Begun, choose, note, runner
from .errors import InputError
from .fitted import FittedNetwork
from .frames import checked_rows
from .hidden_layers import hidden_sizes
from .history import History
from .labels import ClassWeight
from .links import Dropout
from .losses import Loss
from .memory import cells_of, keep_freed_memory
from .optimizers import Optimizer
from .parameters import Parameters
from .rows import Rows, checked_weight, split
from .settings import BALANCED, check_settings
from .sklearn_callbacks import bridges
from .threads import blas_threads
from .training import Training
from .validation import given_rows, judge

Validation = tuple[Any, Any, Any]
"""Rows to validate with: X, y and weights, or None."""

NONE: Validation = (None, None, None)


class Fitting(FittedNetwork):
    """What `fit`, `partial_fit` and `build` have in common; the settings are `get_params`."""

    early_stopping: bool | str
    _history: History
    _optimizer: Optimizer | None
    _dropout: list[Dropout]

    @abstractmethod
    def _learn_targets(self, y: Array) -> None:
        """Keep what clean targets say: the classes, the number of outputs."""

    @abstractmethod
    def _choose_loss(self) -> tuple[Loss, str]:
        """Return the loss and the output activation that is usual with it."""

    @abstractmethod
    def _score_of(self, outputs: Array, y: Array, weight: Array | None) -> float:
        """Return what `score` would, of outputs already computed."""

    def _weights_of_classes(self, _y: Array) -> ClassWeight | None:
        """Return the weight of each class, where there are classes."""
        return None

    def restore(self, parameters: Parameters, y: Array, history: History) -> Self:
        """Become fitted again with kept parameters; `y` holds each class, or any number."""
        targets = self._clean_targets(y)
        self._learn_targets(targets)
        self.class_weight_ = self._weights_of_classes(targets)
        self._make(parameters.layer_sizes)
        self.parameters_ = parameters
        self.n_features_in_ = parameters.layer_sizes[0]
        self._begin(history)
        self._keep()
        return self

    def _fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        *,
        fresh: bool,
        validation: Validation = NONE,
        once: bool = False,
        classes: ArrayLike | None = None,
        resume: Any = None,
    ) -> Self:
        """Train; `fresh` from the start, `once` for one epoch that goes on where the last ended."""
        with self._all_or_nothing():
            given = (X, y, sample_weight, fresh, validation, once, classes, resume)
            begun = self._ready(*given)
            (engine,) = choose([begun])
            run = runner(engine, begun)
        with self._while_training(begun.training, engine):
            run()
        return self

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Leave the model as it was if the block fails.

        No half of a fit that never began stands beside an earlier one's weights.
        """
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            self.__dict__ = before
            raise

    def _ready(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        fresh: bool,
        validation: Validation = NONE,
        once: bool = False,
        classes: ArrayLike | None = None,
        resume: Any = None,
    ) -> Begun:
        """Make all ready to train, from the start or from where a checkpoint stands."""
        settings = self._settings()
        start = Start(settings, resume, once)
        rows = self._prepare(X, y, sample_weight, settings, start.random, fresh, classes)
        if not (fresh or (once and settings.get("class_weight") == BALANCED)):
            rows = self._weighed_anew(rows)
        if fresh:
            warn_of(self, rows, settings, once)
        random = start.draws()
        training = self._training(rows, validation, start.settings, random, once)
        if not once:
            training.listeners.add(bridges(self, rows.X, rows.y, rows.sample_weight))
        begun = Begun(training, self._optimizer, self._dropout, random, settings["engine"])
        return start.ready(begun, settings, lambda: arrays_of(rows, validation))

    def _weighed_anew(self, rows: Rows) -> Rows:
        """Return rows with the weights of classes that are set now, maybe others than before."""
        before, self.class_weight_ = self.class_weight_, self._weights_of_classes(rows.y)
        if before is self.class_weight_ is None:
            return rows
        return self._as_rows(rows.X, rows.y, rows.sample_weight).require_weight("sample_weight")

    def _settings(self) -> Settings:
        settings: Settings = self.get_params(deep=False)  # type: ignore[attr-defined]
        check_settings(settings)
        return settings

    def _prepare(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: Any,
        settings: Settings,
        random: RandomState,
        fresh: bool,
        classes: ArrayLike | None = None,
    ) -> Rows:
        """Return the rows, looked at; if `fresh`, with the network made and its start drawn."""
        if not fresh:
            rows = self._known_rows(X, y, sample_weight)
            self._make(self.parameters_.layer_sizes)
            self._require_dtype(settings["dtype"])
            return rows
        dtype = settings["dtype"]
        dtype = [np.float64, np.float32] if dtype is None else np.dtype(dtype)
        inputs, targets = checked_rows(self, X, y, dtype, reset=True)
        weight = checked_weight(sample_weight, inputs, "sample_weight")
        targets = self._clean_targets(targets)
        self._learn_targets(targets if classes is None else self._clean_targets(classes))
        self.class_weight_ = self._weights_of_classes(targets)
        rows = self._as_rows(inputs, targets, weight).require_weight("sample_weight")
        hidden = hidden_sizes(settings["hidden_layer_sizes"])
        sizes = (inputs.shape[1], *hidden, rows.target.shape[1])
        self._make(sizes)
        copied = 0 if np.may_share_memory(inputs, X) else cells_of(inputs)
        require_room_of(self.network_, settings, len(rows), copied + rows.target.size)
        self.parameters_ = new_parameters(settings, self.network_, random, inputs.dtype)
        self._begin(History())
        return rows

    def _make(self, sizes: tuple[int, ...]) -> None:
        """Make the network of these sizes, which must be those of the settings."""
        settings = self._settings()
        hidden = hidden_sizes(settings["hidden_layer_sizes"])
        if hidden != sizes[1:-1]:
            raise InputError(
                f"`hidden_layer_sizes` must stay {sizes[1:-1]} while training goes on, got "
                f"{hidden}. To begin anew set warm_start=False and call `fit`."
            )
        self.network_ = new_network(settings, sizes, *self._choose_loss())
        self.n_outputs_ = sizes[-1]
        self.n_layers_ = len(sizes)

    def _require_dtype(self, dtype: Any) -> None:
        """Refuse to go on in another precision than the parameters have."""
        kept = self.parameters_.flat.dtype
        if dtype is not None and np.dtype(dtype) != kept:
            raise InputError(
                f"`dtype` must stay {kept.name} while training goes on, got {dtype!r}. To begin "
                "anew set warm_start=False and call `fit`."
            )

    def _begin(self, history: History) -> None:
        self._history, self._optimizer, self._dropout = history, None, []

    def _training(
        self,
        rows: Rows,
        validation: Validation,
        settings: Settings,
        random: RandomState,
        once: bool,
    ) -> Training:
        drawn = max((link.draws for link in self._dropout), default=0)
        n_hidden = len(self.network_.hidden)
        self._dropout = dropout_links(settings, n_hidden, random, drawn)
        judges = None
        if any(part is not None for part in validation):
            judges = given_rows(self._known_rows, *validation)
        elif settings["early_stopping"] and not once:
            one_unit = rows.target.shape[1] == 1  # scikit-learn keeps the shares of two classes
            strata = one_unit and hasattr(self, "classes_")
            rows, judges = split(rows, settings["validation_fraction"], random, strata)
        if not once or self._optimizer is None:
            self._optimizer = new_optimizer(settings)
        listeners = Listeners(settings["callbacks"], self)
        listeners.add([Printer()] if settings["verbose"] else [])
        trained = self.network_, self.parameters_
        return Training(
            *trained,
            rows.X,
            rows.target,
            rows.weight,
            new_plan(settings, len(rows), once),
            self._history,
            listeners,
            None if judges is None else judge(*trained, judges, self._score_of),
            self._keep,
        )

    @contextmanager
    def _while_training(self, training: Training, engine: str) -> Iterator[None]:
        """Tell of the training that the block is, and keep what comes of it, interrupted or not."""
        self.engine_ = engine
        if not training.position.resumed:
            training.history.n_iter, training.history.stop_reason = 0, ""
        self._keep()
        keep_freed_memory()
        keeper, has_begun = training.position.keeper, False
        try:
            training.listeners.tell("on_fit_begin", self)
            # the compiled engine shares out its work to threads of its own, with one of BLAS each
            work = 0 if self.engine_ == "numba" else training.work
            with keeper.while_training() if keeper else nullcontext(), blas_threads(work):
                has_begun = True
                yield
        except KeyboardInterrupt:
            training.interrupt()
            if training.plan.once or not has_begun:
                raise  # what partial_fit is called in goes on otherwise, and so does the block
        finally:
            note(self.engine_, training)
            self._keep()
            training.listeners.tell("on_fit_end", self)

    def _keep(self) -> None:
        """Show the history as scikit-learn's attributes, and ours; the curves go on growing."""
        history, judged = self._history, bool(self._history.validation_scores)
        self.loss_curve_ = history.loss_curve
        self.loss_ = history.loss_curve[-1] if history.loss_curve else float("nan")
        self.best_loss_ = None if self.early_stopping else history.best_loss
        self.validation_loss_curve_ = history.validation_losses if judged else None
        self.validation_scores_ = history.validation_scores if judged else None
        self.best_validation_score_ = history.best_score if judged else None
        self.n_iter_ = history.n_iter
        self.t_ = history.samples
        self.stop_reason_ = history.stop_reason
