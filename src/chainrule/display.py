"""What an estimator shows: its network, in a notebook or as text, and how training goes on."""

from typing import Any

from sklearn.utils import estimator_html_repr
from sklearn.utils.validation import check_is_fitted

from .links import Dropout
from .network import Network
from .parameters import Parameters
from .render.epochs import end_line, epoch_line
from .render.network_html import network_html
from .reports import NetworkSummary
from .summary import summarize


class NetworkDisplay:
    """The display of an estimator with a network; stands before BaseEstimator among its bases.

    Attributes:
        network_: what is trained, from `fit` on; `parameters_` its parameters.
    """

    network_: Network
    parameters_: Parameters
    _dropout: list[Dropout]

    def summary(self) -> str:
        """Return the network's layers, its size and what it descends, at most 80 columns wide.

        Raises:
            NotFittedError: if there is no network yet.
        """
        from .render.network_text import network_text  # `rich` takes long to load

        check_is_fitted(self, "parameters_")
        return network_text(self._summary())

    def _summary(self) -> NetworkSummary:
        shares = {link.layer: link.share for link in self._dropout}
        layers = range(1, len(self.network_.hidden) + 1)
        dropout = tuple(shares.get(layer, 0.0) for layer in layers)
        return summarize(self.network_, self.parameters_.flat.dtype, dropout)

    def _repr_html_inner(self) -> str:
        """What scikit-learn's `_repr_html_` returns where its `display` is "diagram"."""
        diagram: str = estimator_html_repr(self)
        fitted = hasattr(self, "network_") and hasattr(self, "parameters_")
        return f"{diagram}\n{network_html(self._summary())}" if fitted else diagram

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What Jupyter asks for first; scikit-learn's own goes past `_repr_html_inner`."""
        bundle = {"text/plain": repr(self)}
        if hasattr(self, "_repr_html_"):
            bundle["text/html"] = self._repr_html_inner()
        return bundle


class Printer:
    """The callback of `verbose=True`: a line after each epoch, and one at the end."""

    def on_epoch_end(self, epoch: Any) -> None:
        """Print what the epoch came to."""
        judged = (epoch.validation_loss, epoch.validation_score)
        print(epoch_line(epoch.number, epoch.loss, *judged), flush=True)

    def on_fit_end(self, model: Any) -> None:
        """Print why the training stopped, unless it is to go on."""
        if model.stop_reason_:
            print(end_line(model.stop_reason_, model.n_iter_), flush=True)
