"""Peers: who does the tasks, a file each, and the table of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from ..task import Layers, Task


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to.

    Attributes:
        layers: the weights and biases at the end.
        seconds: of the loop over the epochs that are timed.
        set_up: seconds of our `fit` before its first epoch and after its last.
    """

    layers: Layers
    seconds: float
    set_up: float | None = None


Train = Callable[[], Trained]
"""Trains from the start weights, as often as it is called."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Someone who trains.

    Attributes:
        key: what `--peer` calls it; `name`: what the report does.
        prepares: module and function here that make a `Train` of a `Task`, compiled where need be.
        needs: the package that has to be installed, beyond chainrule's own.
        solvers: those it has.
        tiny: whether it has the tiny network's logistic units and squared error; and
        others: relu and softmax.
        abreast: whether it trains several networks at once; else folds are to it as one task.
    """

    key: str
    name: str
    prepares: str
    needs: str = ""
    solvers: tuple[str, ...] = ("sgd", "momentum", "adam")
    tiny: bool = True
    others: bool = True
    abreast: bool = False

    @property
    def is_installed(self) -> bool:
        """Whether what it needs is there."""
        return not self.needs or find_spec(self.needs) is not None

    def takes(self, task: Task) -> bool:
        """Whether it does this work."""
        kind = self.tiny if task.tiny else self.others
        return kind and task.solver in self.solvers and (self.abreast or task.folds == 1)

    def load(self) -> Callable[[Task], Train]:
        """Import it; return what makes a task ready: compilation is over then."""
        module, _, function = self.prepares.partition(":")
        prepare: Callable[[Task], Train] = getattr(import_module(f".{module}", __name__), function)
        return prepare


def stacked(networks: Sequence[Layers]) -> Layers:
    """Return the layers of several networks as one's, (folds, …)."""
    return [
        (np.stack([W for W, _ in layer]), np.stack([b for _, b in layer]))
        for layer in zip(*networks, strict=True)
    ]


ALL = ("sgd", "momentum", "adam", "lbfgs")
PEERS = {
    peer.key: peer
    for peer in (
        Peer("numba", "chainrule", "ours:compiled", "numba", solvers=ALL, abreast=True),
        Peer("numpy", "chainrule, NumPy engine", "ours:reference", solvers=ALL),
        Peer("scikit-learn", "scikit-learn", "scikit_learn:prepare", solvers=ALL, tiny=False),
        Peer("torch", "PyTorch", "pytorch:eager", "torch", tiny=False),
        Peer("torch-compiled", "PyTorch, compiled", "pytorch:compiled", "torch", tiny=False),
        Peer("jax", "JAX", "jax_scan:prepare", "jax", abreast=True),
        Peer("numpy-by-hand", "NumPy by hand", "numpy_by_hand:prepare"),
        Peer("scratch", "plain Python", "plain_python:prepare", solvers=("sgd",), others=False),
    )
}
OURS = ("numba", "numpy")
"""The first that is installed is what the others are compared with."""
