"""The way from a network's values to the loss, stage by stage: every local derivative in numbers.

The numbers come from the tape of the forward pass and from each link's own local derivative; no
backward pass is used.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .cases import Case
from .chain import Array, Link, forward
from .factors import Factor
from .links import Affine, Dropout, Elementwise
from .routes import Route, Stage


class OpenedRows:
    """A forward pass over rows, from which factors are read.

    Attributes:
        stages: from z1 to what the loss takes, in order.
        end: ∂ℓ/∂(what the loss takes), (rows, n_outputs): the error signal of each row.
        shares: w / Σ w of each row.
    """

    def __init__(self, case: Case, dropout: Sequence[Dropout] = ()) -> None:
        network = case.network
        links = network.chain(case.parameters, dropout=dropout)
        loss = network.loss_link(case.target)
        with np.errstate(all="ignore"):  # what is not finite shows itself as such
            prediction, tape = forward(links, case.X)
            _, saved = loss.forward(prediction)
            self.end = loss.pullback(saved, 1.0)[0].astype(np.float64)
            self.stages, self._incoming = _way(case, links, tape)
        self.case, self.shares = case, case.shares
        self.error_formula = loss.loss.derivative_formula
        self._start = {
            stage.source: place for place, stage in enumerate(self.stages) if stage.source[0] == "z"
        }

    def after(self, layer: int) -> list[Stage]:
        """Return the stages from z of this layer to the loss."""
        return self.stages[self._start.get(f"z{layer}", len(self.stages)) :]

    def incoming(self, layer: int, letter: str, indices: tuple[int, ...]) -> Array:
        """Return ∂z/∂weight on each row, (rows,): what the weight multiplies, or 1 for a bias."""
        if letter == "b":
            return np.ones(len(self.case))
        column: Any = self._incoming[layer - 1][1][:, [indices[0]]]
        column = column if isinstance(column, np.ndarray) else column.toarray()  # sparse
        values: Array = column[:, 0].astype(np.float64)
        return values

    def factors(self, route: Route, layer: int) -> tuple[Factor, ...]:
        """Return the factors of a route to the loss from z of this layer, the loss's first."""
        row, units = route.row, route.units
        chain = [
            _of_stage(stage, row, u, v)
            for stage, u, v in zip(self.after(layer), units[:-1], units[1:], strict=True)
        ]
        single = len(self.case) == 1
        taken = self.stages[-1].target if self.stages else "z1"
        loss = "J" if single else "ℓ"
        error = Factor(
            f"∂{loss}/∂{taken}[{units[-1]}]",
            self.error_formula,
            float(self.end[row, units[-1]]),
            "error signal",
        )
        return (*self._share(row, single), error, *reversed(chain))

    def _share(self, row: int, single: bool) -> tuple[Factor, ...]:
        if single:
            return ()  # J is the loss of that row, and its penalty
        formula = f"1/{len(self.case)}" if self.case.weight is None else "w/Σw"
        name = self.case.row_name(row)
        return (Factor("∂J/∂ℓ", formula, float(self.shares[row]), f"share of {name}"),)

    def of_weight(self, layer: int, letter: str, indices: tuple[int, ...], value: float) -> Factor:
        """Return ∂z/∂weight, whose value is known: the input, or a bias's invisible 1."""
        weight = f"{letter}{layer}[{', '.join(map(str, indices))}]"
        name = f"∂z{layer}[{indices[-1]}]/∂{weight}"
        if letter == "b":
            return Factor(name, "1", 1.0, "a bias is added as it is")
        formula = f"{self._incoming[layer - 1][0]}[{indices[0]}]"
        names = self.case.input_names
        if layer > 1:
            return Factor(name, formula, value, "activation that comes in")
        return Factor(name, formula, value, f"input, {names[indices[0]]}" if names else "input")


def _of_stage(stage: Stage, row: int, u: int, v: int) -> Factor:
    if stage.of_weights:
        value = stage.local[u, v]
    else:
        value = stage.local[row, u] if stage.local.ndim == 2 else stage.local[row, u, v]
    formula = stage.same_formula if u == v else stage.formula
    return Factor(
        f"∂{stage.target}[{v}]/∂{stage.source}[{u}]",
        formula.format(u=u, v=v),
        float(value),
        stage.words,
    )


def _way(
    case: Case, links: Sequence[Link], tape: Sequence[Any]
) -> tuple[list[Stage], list[tuple[str, Array]]]:
    """Return the stages from z1 on, and what comes into each layer, with its name."""
    stages, incoming = [], []
    layer, name = 0, "x"
    for link, saved in zip(links, tape, strict=True):
        if isinstance(link, Affine):
            layer += 1
            incoming.append((name, saved))
            target = f"z{layer}"
            if layer > 1:
                weights, text = link.W.astype(np.float64), f"W{layer}[{{u}}, {{v}}]"
                stages.append(Stage(name, target, weights, True, text, text, "weight on the way"))
            name = target
        else:
            target = f"{'d' if isinstance(link, Dropout) else 'a'}{layer}"
            stages.append(_elementwise(link, saved, name, target, case))
            name = target
    return stages, incoming


def _elementwise(link: Link, saved: Array, source: str, target: str, case: Case) -> Stage:
    if isinstance(link, Dropout):
        text = f"1/(1 − {link.share:g}) if kept else 0"
        words = f"dropout of {100 * link.share:g} %"
        return Stage(source, target, saved.astype(np.float64), False, text, text, words)
    if isinstance(link, Elementwise):
        activation = link.activation
        text = activation.derivative_formula.replace("{", "{{").replace("}", "}}")
        words = f"activation derivative ({activation.name})"
        return Stage(source, target, _slopes(link, saved), False, text, text, words)
    words = f"activation derivative ({case.network.output_activation})"
    shares = [_slopes(link, saved, unit) for unit in range(saved.shape[1])]
    return Stage(source, target, np.stack(shares, axis=2), False, "−a a′", "a(1 − a)", words)


def _slopes(link: Link, saved: Array, unit: int | None = None) -> Array:
    """Return ∂a[i]/∂z[i] of each unit i, or of softmax ∂a[unit]/∂z[i], by the link's pullback.

    An elementwise link sends ones back as its derivatives.  Softmax sends the cotangent of one
    share back as that share's derivatives.
    """
    cotangent = np.ones(saved.shape, dtype=saved.dtype)
    if unit is not None:
        cotangent[:] = 0.0
        cotangent[:, unit] = 1.0
    slopes: Array = link.pullback(saved, cotangent)[0].astype(np.float64)
    return slopes
