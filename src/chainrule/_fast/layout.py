"""A network as compiled functions see it: where its parts lie, and who computes them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..activations import ACTIVATIONS, Activation
from ..chain import Array
from ..links import Dropout
from ..network import BLOCK, Network
from ..parameters import count
from ..threads import multiply_adds, threads_to_share
from . import places as at
from .activations import LOOPS, Loops
from .batches import backpropagate, take_inputs, take_rows
from .compiled import address
from .dropout import draw_mask
from .frame import Frame
from .losses import FUSED_LOOPS, LOSS_LOOPS
from .passes import activate, apply, backward, drop, forward
from .products import SHARED, use_products
from .team import can_share


def frame_of(
    network: Network,
    parameters: Array,
    gradient: Array,
    rows: int,
    dropout: Sequence[Dropout] = (),
) -> Frame:
    """Return what `backpropagate` works on, for batches of so many rows; it writes the gradient."""
    sizes = network.layer_sizes
    frame = Frame(gradient.dtype, _threads(multiply_adds(rows, sizes)))
    layout = _layout(network, frame, min(rows, BLOCK), dropout)
    frame.set(at.LAYERS, len(sizes) - 1)
    frame.put(at.FLAT, parameters)
    frame.put(at.LAYOUT, layout)
    frame.put(at.GRADIENT, gradient)
    rows = min(rows, BLOCK)
    frame.room(at.VALUES, layout[-1, at.OUT] + rows * sizes[-1])
    frame.room(at.COTANGENTS, rows * sum(sizes[1:]))
    frame.room(at.TARGET, rows, sizes[-1])
    frame.room(at.WEIGHT, rows)
    frame.room(at.TOTAL, 1)
    _use_dropout(frame, sizes, rows, dropout)
    use_products(frame, rows, max(sizes))
    frame.use(
        {
            at.LOSS: loss_of(network),
            at.TAKE_ROWS: take_rows,
            at.FORWARD: forward,
            at.BACKWARD: backward,
            at.BACKPROPAGATE: backpropagate,
            at.TAKE_INPUTS: take_inputs,
            at.APPLY: apply,
        }
    )
    if frame.threads > 1:
        frame.use({at.ACTIVATE: activate})
    return frame


def _threads(work: int) -> int:
    """Return how many threads share products of at most so many multiply-adds."""
    return threads_to_share() if work >= SHARED and can_share() else 1


def _use_dropout(frame: Frame, sizes: Sequence[int], rows: int, dropout: Sequence[Dropout]) -> None:
    if dropout:
        frame.room(at.MASKS, rows * sum(sizes[link.layer] for link in dropout))
        shares = frame.room(at.SHARES, len(sizes), 2)
        for link in dropout:
            shares[link.layer] = link.share, 1 / (1 - link.share)
        frame.set(at.SEED, dropout[0].seed)
        frame.use({at.DROP: drop})


def _layout(network: Network, frame: Frame, rows: int, dropout: Sequence[Dropout]) -> Array:
    """Return where the parts of each layer lie, for blocks of so many rows."""
    sizes, draws = network.layer_sizes, {link.layer: link.draws for link in dropout}
    layout = np.zeros((len(sizes), at.COLUMNS), np.int64)
    layout[:, at.UNITS], layout[:, at.MASK] = sizes, -1
    values, masks = rows * sizes[0], 0
    for layer, (loops, by_z) in enumerate(_functions(network, frame.dtype), start=1):
        row, size = layout[layer], rows * sizes[layer]
        row[at.W], row[at.B] = count(sizes[:layer]), count(sizes[: layer + 1]) - sizes[layer]
        row[at.DZ] = rows * sum(sizes[1:layer])
        row[at.FUNCTIONS] = loops
        row[at.Z], row[[at.A, at.OUT]] = values, values + size  # a loop over both is vectorised
        row[at.SAVED] = row[at.Z] if by_z else row[at.A]
        values += size
        if layer in draws:
            row[at.DRAW], row[at.DRAWS] = address(draw_mask, frame.dtype), draws[layer]
            row[at.MASK] = masks
            masks += size
            if not by_z:  # it is written in a, which has to be kept
                values += size
                row[at.OUT] = values
        values += size
    return layout


def _functions(network: Network, dtype: np.dtype[Any]) -> Sequence[tuple[tuple[int, int], bool]]:
    """Return the addresses of each layer's loops, and whether its derivative is written in z.

    A fused loss takes the last z as it is.
    """
    output = "identity" if network.fused else network.output_activation
    found = [_of_record(activation, dtype) for activation in network.hidden]
    last = ACTIVATIONS.get(output)
    by_z = last is not None and last.derivative_by_a is None
    return [*found, (_addresses(LOOPS[output], dtype), by_z)]


def _of_record(activation: Activation, dtype: np.dtype[Any]) -> tuple[tuple[int, int], bool]:
    by_z = activation.derivative_by_a is None
    if is_of_table(activation):
        return _addresses(LOOPS[activation.name], dtype), by_z
    from .formulas import loops_of_formula

    return _addresses(loops_of_formula(activation.name), dtype, kept=False), by_z


def _addresses(loops: Loops, dtype: np.dtype[Any], kept: bool = True) -> tuple[int, int]:
    return address(loops.value, dtype, kept), address(loops.pullback, dtype, kept)


def loss_of(network: Network) -> Callable[..., None]:
    """Return the loop of the loss, over the last z where it has such a form."""
    pair = network.output_activation, network.loss.name
    return FUSED_LOOPS[pair] if network.fused else LOSS_LOOPS[network.loss.name]


def is_of_table(activation: Activation) -> bool:
    """Whether an activation is that of the table, not one of its name, and has loops."""
    return ACTIVATIONS.get(activation.name) == activation and activation.name in LOOPS


def is_formula(activation: Activation) -> bool:
    """Whether an activation was given as a formula."""
    from ..formula_activation import FormulaFunction  # it loads SymPy

    return isinstance(activation.value, FormulaFunction)
