"""scikit-learn's callbacks (`set_callbacks`, since 1.9), each epoch as a task of theirs.

The only place that knows their protocol, which scikit-learn calls experimental.
"""

from typing import Any

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn before 1.9 has none

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """No callbacks before scikit-learn 1.9."""

    def with_callbacks(method: Any) -> Any:
        """Return the method: there is nothing to tear down."""
        return method


__all__ = ["CallbackSupportMixin", "SklearnBridge", "bridges", "tear_down", "with_callbacks"]


@with_callbacks  # type: ignore[untyped-decorator]
def tear_down(model: Any) -> None:
    """Tear down what a fit has set up: the decorator does so when a model's method returns."""


class SklearnBridge:
    """Passes the events of a training on, as one of its own callbacks."""

    def __init__(self, model: Any, X: Any, y: Any, sample_weight: Any) -> None:
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._given = {"estimator": model, "X": X, "y": y, "metadata": metadata}
        self._model = model
        self._fit: Any = None
        self._epoch: Any = None

    def on_fit_begin(self, _model: Any) -> None:
        """Set the callbacks up, and begin the task of the whole fit."""
        self._fit = self._model._init_callback_context(max_subtasks=self._model.max_iter)
        self._fit.call_on_fit_task_begin(**self._given)

    def on_epoch_begin(self, number: int) -> None:
        """Begin an epoch's task."""
        self._epoch = self._fit.subcontext(task_name=f"epoch {number}")
        self._epoch.call_on_fit_task_begin(**self._given)

    def on_epoch_end(self, _epoch: Any) -> bool:
        """End an epoch's task; return whether a callback asks to stop."""
        return bool(
            self._epoch.call_on_fit_task_end(**self._given, reconstruction_attributes=self._fitted)
        )

    def on_fit_end(self, _model: Any) -> None:
        """End the task of the whole fit, if it began."""
        if self._fit is None:
            return
        self._fit.call_on_fit_task_end(**self._given, reconstruction_attributes=self._fitted)

    def _fitted(self) -> dict[str, Any]:
        """Return what a copy of the model needs to be fitted as it is now."""
        return {"parameters_": self._model.parameters_.copy()}


def bridges(model: Any, X: Any, y: Any, sample_weight: Any) -> list[SklearnBridge]:
    """Return the bridge to the callbacks that were set on a model, if any were."""
    if getattr(model, "_skl_callbacks", None):
        return [SklearnBridge(model, X, y, sample_weight)]
    return []
