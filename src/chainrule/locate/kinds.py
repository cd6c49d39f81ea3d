"""What kind of fault a repair shows, and the line that is to be changed."""

from itertools import pairwise
from typing import Any

import numpy as np

from .cause import Cause
from .counterfactual import Trials
from .files import Place
from .fingerprints import over
from .graph import Node, Position, inputs, write_through
from .operations import operation
from .reading import Label, Reading, Target, flat
from .record import Kind
from .repair import Repair
from .roles import sources
from .slopes import activated, has_own_slope, is_nearer_the_loss
from .step import PASSING
from .summands import wrong_summand

_OF_LOSSES = {"power", "square", "log", "absolute", "mean", "sum", "full_like"}
_PRODUCTS = ("matmul", "dot", "outer", "einsum", "tensordot", "inner")


def cause_of(trials: Trials, repair: Repair, parameters: tuple[int, ...]) -> Cause:
    """Return the cause that a repair shows."""
    reading = trials.few
    number = repair.changed[0]
    node = reading.step.graph.nodes[number]
    target = repair.targets[number]
    found = reading.best(number)
    labels = reading.labels.get(number, [])
    same = [label for label in labels if label.target == target]
    part = [
        one
        for one in labels
        if (one.target.kind, one.target.of) == ("part", target.of)
        and one.target.transposed == target.transposed
    ]
    better = same or part
    found = better[0] if better else found
    kind = _kind(reading, node, found, target, repair.scale)
    return Cause(
        kind, _place(reading, repair, found, target), parameters, node, found, target, repair.scale
    )


def _place(reading: Reading, repair: Repair, found: Label | None, target: Target) -> Place:
    """Return the line where the value went wrong.

    A value that is right in itself but used for another was computed in one place and given its
    wrong meaning in another: the last assignment it passed before it was used.
    """
    step = reading.step
    number = repair.changed[0]
    node = step.graph.nodes[number]
    if found is None or found.target == target or target.kind != "gradient":
        return step.place(node)
    alias = _alias(reading, node)
    if alias is not None:
        return alias
    users = [one.number for one in reading.backward if _uses(one, number)]
    first = min(users, default=step.end)
    stores = [one for one in step.graph.stores if one.node == number and one.after <= first]
    passed = [node.position, *(one.position for one in stores)]
    where = step.graph.positions
    telling = [n for before, n in pairwise(passed) if _gives_meaning(where[before], where[n])]
    return step.graph.place(telling[-1]) if telling else step.place(node)


def _gives_meaning(before: Position, place: Position) -> bool:
    """Whether an assignment or a return says what a value is meant to be.

    A return does of what the function was given; what it has computed had its meaning there.  A
    caller that only names what a function returned gives it none: the function did.
    """
    if before.targets == ("return",):
        return False
    return place.targets != ("return",) or before.function != place.function


def _alias(reading: Reading, node: Node) -> Place | None:
    """Return the line that named an operand as a derivative without computing anything: d = x."""
    step = reading.step
    after = max((output.number for output in reading.outputs), default=step.end)
    own = {used.number for used in inputs(node) if used.number in step.data}
    for store in step.graph.stores:
        if store.node in own and after < store.after <= node.number:
            return step.graph.place(store.position)
    return None


def _uses(node: Node, number: int) -> bool:
    return any(used.number == number for used in inputs(node))


def _kind(reading: Reading, node: Node, found: Label | None, target: Target, scale: float) -> Kind:
    if found is not None and found.target == target:
        return "wrong-sign" if found.scale * scale < 0 else "wrong-scale"
    if _reads_overwritten(reading, node):
        return "stale-value"
    if target.kind == "local":
        is_other = found is not None and found.target.kind == "local"
        return "wrong-operand" if is_other else "wrong-derivative"
    if target.kind == "value":
        return "wrong-operand"
    if found is not None and found.target.kind == "part" and found.target.of == target.of:
        if found.target.transposed != target.transposed:
            return "wrong-operand"
        if found.scale * scale < 0:
            return "wrong-sign"
        return "overwritten-gradient" if _is_overwritten(reading, node, target) else "missing-path"
    derived = found is not None and found.target.kind in ("gradient", "part")
    if not derived and _is_loss_value(reading, node, target):
        return "loss-value-as-gradient"
    wrong = None if derived else wrong_summand(reading, node, target, scale)
    if wrong is not None and wrong.node.number != node.number:
        return _kind(reading, wrong.node, wrong.label, wrong.target, wrong.scale)
    return _by_quotient(reading, node, found, target)


def _is_loss_value(reading: Reading, node: Node, target: Target) -> bool:
    """Whether a value is one of the loss's own, or keeps its sign where its derivative does not."""
    labels = reading.labels.get(node.number, ())
    if any(one.target.kind == "value" and one.target.of in reading.beyond for one in labels):
        return True
    there = over(reading.replayed, node.number)
    meant = flat(reading.targets[target])
    error = not any(
        label.target.kind in ("gradient", "part") for _, label in sources(reading, node)
    )
    if there is None or there.size < 2 or not error or target.of in reading.step.old:
        return False
    near = [node, *inputs(node), *(two for one in inputs(node) for two in inputs(one))]
    made = [n for n in near if n.number not in reading.gradients[0] or n.number in reading.beyond]
    if not {operation(one) for one in made} & _OF_LOSSES:
        return False
    return bool(np.all(there >= 0) or np.all(there <= 0)) and bool(
        np.any(meant > 0) and np.any(meant < 0)
    )


def _by_quotient(reading: Reading, node: Node, found: Label | None, target: Target) -> Kind:
    """Tell a missing or a surplus factor by the quotient of what is meant and what is there."""
    meant = flat(reading.targets[target])
    there = over(reading.replayed, node.number)
    if there is None or there.size != meant.size:
        return "wrong-operand" if operation(node) == "multiply" else "wrong-sum"
    signals = [one for _, one in sources(reading, node) if one.target.kind in ("gradient", "part")]
    if any(one.target == target for one in signals):
        return "extra-factor"
    if not signals and target.kind == "part":
        return "wrong-operand"
    with np.errstate(all="ignore"):
        if _is_factor(reading, meant / there):
            return "missing-factor"
        if _is_factor(reading, there / meant):
            return "extra-factor"
    if found is not None and found.target.kind in ("gradient", "local"):
        return "missing-factor" if is_nearer_the_loss(reading, node, target) else "wrong-operand"
    if has_own_slope(reading, node):
        return "wrong-derivative"
    return _by_operation(reading, node, target)


def _by_operation(reading: Reading, node: Node, target: Target) -> Kind:
    """Tell the fault of a value that has no label by what computes it from what."""
    name = operation(node)
    if name in (*_PRODUCTS, "multiply", "sum") and _lacks_derivative(reading, node, target):
        return "missing-factor"
    if name in _PRODUCTS:
        return "wrong-sum" if _has_right_operands(reading, node, target) else "wrong-operand"
    if name in ("sum", "mean"):
        direct = any(one.number in reading.labels for one in inputs(node))
        return "wrong-sum" if direct else "wrong-operand"
    return "wrong-derivative" if name != "add" else "missing-path"


def _has_right_operands(reading: Reading, node: Node, target: Target) -> bool:
    """Whether a product takes the factors it should, ∂J/∂z and the value that W is multiplied with.

    Then it is the sum over them that is wrong, unless the product is only turned.
    """
    if any(label.target.of == target.of for label in reading.labels.get(node.number, ())):
        return False
    if _is_turned(reading, node, target):
        return False
    values = {one.target.of for _, one in sources(reading, node) if one.target.kind == "value"}
    values |= {one.number for one in inputs(node)}
    for one in reading.forward:
        if target.kind == "part" and one.number != target.by // 8:
            continue
        used = [used.number for used in inputs(one)]
        if target.of in used and operation(one) in _PRODUCTS:
            return bool(values & set(used))
    return False


def _is_turned(reading: Reading, node: Node, target: Target) -> bool:
    """Whether a product would be the target, up to a factor, with one operand transposed."""
    used = [np.asarray(reading.replayed[0][one.number]) for one in inputs(node)]
    meant = np.asarray(reading.targets[target][0])
    if len(used) != 2 or any(one.ndim != 2 for one in used):
        return False
    one, other = used
    for left, right in ((one.T, other), (one, other.T)):
        if (left.shape[1], (len(left), right.shape[1])) == (len(right), meant.shape):
            product = left @ right
            factor = float(np.vdot(product, meant)) / max(float(np.vdot(meant, meant)), 1e-300)
            if factor and np.allclose(product, factor * meant, rtol=1e-6, atol=1e-12):
                return True
    return False


def _is_factor(reading: Reading, quotient: Any) -> bool:
    labels = reading.look_up(quotient) if np.all(np.isfinite(quotient)) else []
    return any(label.target.kind in ("local", "value") for label in labels)


def _lacks_derivative(reading: Reading, node: Node, target: Target) -> bool:
    """Whether ∂J/∂a of an activation is taken where its net input's is meant.

    A parameter that the activation itself is computed from (the β of γ·x + β) takes ∂J/∂a.
    """
    derived = activated(reading)
    for _, label in sources(reading, node):
        taken = reading.step.graph.nodes[label.target.of]
        while operation(taken) in PASSING and inputs(taken):
            taken = inputs(taken)[0]
        if label.target.kind == "gradient" and taken.number in derived:
            return taken.number != target.of and not _uses(taken, target.of)
    return False


def _reads_overwritten(reading: Reading, node: Node) -> bool:
    """Whether a value reads an array of the forward pass that was overwritten since."""
    forward = {one.number for one in reading.forward}
    found = list(inputs(node))
    for used in inputs(node):
        if used.number not in reading.labels:
            found += inputs(used)
    for used in found:
        if used.function is write_through and used.number not in forward:
            base = used.arguments[0]
            whole = operation(used) == "write_through" and used.arguments[4] == "out"
            if type(base) is Node and base.number in forward and whole:
                return True
    return False


def _is_overwritten(reading: Reading, node: Node, target: Target) -> bool:
    """Whether the same operation computed other summands of this step that nothing uses."""
    live = {one.number for one in reading.backward}
    unused = [
        one
        for one in reading.step.nodes
        if one.position == node.position
        and one.number in reading.step.moving
        and not (one.number in live or one.number in reading.gradients[0])
    ]
    return any(
        label.target.of == target.of
        for one in unused
        for label in reading.look_up(over(reading.replayed, one.number))
    )
