"""Callbacks: what a training tells after each batch and epoch, and how it is told to stop.

A callback is a function, called with an `Epoch` after each, or an object with any of the methods

    on_fit_begin(model), on_epoch_begin(number), on_batch_end(batch), on_epoch_end(epoch),
    on_fit_end(model)

A true return of `on_batch_end`, `on_epoch_end` or the function stops the training.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import InputError
from .parameters import Gradients

HOOKS = ("on_fit_begin", "on_epoch_begin", "on_batch_end", "on_epoch_end", "on_fit_end")


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """One pass over the rows, or one iteration of L-BFGS.

    Attributes:
        number: of this fit, counted from 1.
        loss: the mean loss over the rows trained on, each batch's before its step.
        validation_loss, validation_score: of the validation rows; None without any.
        learning_rate: of the epoch's steps; None for L-BFGS.
        seconds: since the training began.
        model: the estimator; its weights are those after this epoch.
    """

    number: int
    loss: float
    validation_loss: float | None
    validation_score: float | None
    learning_rate: float | None
    seconds: float
    model: Any


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One step of sgd or adam.

    Attributes:
        epoch: the epoch it is part of, counted from 1.
        number: of the batch in its epoch, counted from 1.
        loss: J over the batch's rows, before the step.
        gradients: ∂J/∂W and ∂J/∂b, as the step took them; copy what is to be kept, the next batch
            writes into the same memory.
        model: the estimator; its weights are those after this step.
    """

    epoch: int
    number: int
    loss: float
    gradients: Gradients
    model: Any


class Listeners:
    """The callbacks of a training; `hears` says whether any has a hook.

    Raises:
        InputError: for a callback that is neither a function nor has one of the hooks.
    """

    def __init__(self, callbacks: Sequence[Any] | None, model: Any) -> None:
        self.model = model
        if callbacks is not None and not isinstance(callbacks, list | tuple):
            callbacks = [callbacks]
        self.callbacks = [self._checked(callback) for callback in callbacks or ()]

    def add(self, callbacks: Sequence[Any]) -> None:
        """Let others listen too."""
        self.callbacks += callbacks

    def hears(self, hook: str) -> bool:
        """Whether anybody listens to a hook."""
        return any(_hook(callback, hook) for callback in self.callbacks)

    def tell(self, hook: str, event: Any) -> bool:
        """Call a hook of everybody who has it; return whether one of them asks to stop."""
        answers = [
            method(event)
            for callback in self.callbacks
            if (method := _hook(callback, hook)) is not None
        ]
        return any(bool(answer) for answer in answers)

    def _checked(self, callback: Any) -> Any:
        if isinstance(callback, type):
            raise InputError(
                f"`callbacks` must hold objects; got the class {callback.__name__}. Call it: "
                f"{callback.__name__}()."
            )
        if not any(_hook(callback, hook) for hook in HOOKS):
            raise InputError(
                f"`callbacks` must hold functions or objects with one of {', '.join(HOOKS)}; got "
                f"{callback!r}. One of scikit-learn's own is given to `set_callbacks`."
            )
        return callback


def _hook(callback: Any, hook: str) -> Any:
    method = getattr(callback, hook, None)
    if method is None and hook == "on_epoch_end" and callable(callback):
        return callback
    return method
