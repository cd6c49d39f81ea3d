"""Open one weight's gradient: the products that a program multiplied, back to the error signal.

The values are those of the step as it was; each is taken apart as its line computed it, up to the
error signal, local derivatives, weights on the way and values of the forward pass.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from math import prod

import numpy as np

from ..errors import InputError
from ..factors import Explanation, Path
from .draws import Values
from .elements import Element, terms
from .graph import Node, inputs
from .held import held
from .match import differentiate
from .naming import Names
from .operations import operation
from .reading import Reading
from .record import OpenedWeight, TracedFactor
from .roles import labelled
from .source import expression
from .step import PASSING, Learned
from .updates import Change

MAX_PATHS = 10_000
_LONGEST = 60  # letters of a formula
_Product = tuple[TracedFactor, ...]


class _TooMany(Exception):  # noqa: N818  it is caught where one value can stand for its paths
    """There are more paths than can be shown."""


def open_weight(
    reading: Reading, names: Names, which: tuple[int, int, int], name: str, scale: float
) -> OpenedWeight:
    """Return the gradient of one number of a parameter, opened.

    `which` are the parameter, the scalar of it if it is many, and the place in its flattened array;
    `scale` is the factor that the program's gradients share.

    Raises:
        InputError: if the program has no gradient for it.
    """
    k, member, at = which
    one = reading.step.learned[k]
    if not one.chains:
        raise InputError(
            f"`--weight` {name!r}: no step changes {one.name}, so there is no gradient to open."
        )
    old, new, chain = one.old[member], one.new[member], one.chains[member]
    found = held(reading, replace(one, old=(old,), new=(new,), chains=(chain,)))
    own = found is not None and found.label.target.of == one.old[member].number
    node = found.node if found is not None and own else _last_change(one, member).term
    fused = found is None or not own or found.fused
    opening = _Opening(reading, names)
    products, rate = opening.without_rate(opening.gradient(node, at), fused and not one.handed)
    value = float(np.ravel(opening.values[node.number])[at]) / rate
    _, (slopes,) = differentiate(reading.step, reading.candidate, [opening.values])
    slope = np.ravel(slopes.get(one.old[member].number, np.zeros(at + 1)))[at]
    paths = tuple(Path(product) for product in products)
    line = reading.step.place(node).line
    return OpenedWeight(Explanation(name, paths, value), line, float(slope) * scale)


def _last_change(one: Learned, member: int) -> Change:
    """Return the change by which a step makes the new version of a number."""
    return next(change for change in one.chains[member].changes if change.new is one.new[member])


class _Opening:
    """The values of a step as they were, and what has been opened of them."""

    def __init__(self, reading: Reading, names: Names) -> None:
        self.reading, self.names = reading, names
        self.values = Values(reading.step.recorded, {})
        self.roles = {one.node.number: one.role for one in labelled(reading)}
        self.signals = self._signals()
        self._most = MAX_PATHS
        self._known: dict[Element, list[_Product]] = {}
        self._given: dict[int, str] = {}
        self._members = {  # of parameters that are many numbers, the shape and the place of each
            old.number: (one.shape, member)
            for one in reading.step.learned
            if len(one.old) > 1
            for member, old in enumerate(one.old)
        }
        graph = reading.step.graph
        for store in graph.stores:
            targets = graph.positions[store.position].targets
            if targets and targets[0] != "return":
                self._given.setdefault(store.node, targets[min(store.target, len(targets) - 1)])

    def _signals(self) -> set[int]:
        """Return the values that the error signal goes into."""
        found = set(self.reading.errors)
        for node in self.reading.backward:
            label = self.reading.best(node.number)
            own = label is not None and label.target.kind in ("gradient", "part")
            if own or any(one.number in found for one in inputs(node)):
                found.add(node.number)
        return found

    def gradient(self, node: Node, at: int) -> list[_Product]:
        """Return the paths to one element, opened as far as there are not too many."""
        for self._most in (MAX_PATHS, MAX_PATHS // 10, MAX_PATHS // 100, 10, 1):
            self._known.clear()
            with suppress(_TooMany):
                return self._opened(node, at, MAX_PATHS)
        return [(self._factor(node, at),)]

    def _products(self, node: Node, at: int) -> list[_Product]:
        """Return the paths to one element, each a product; too many are folded into one."""
        key = (node, at)
        if key not in self._known:
            try:
                self._known[key] = self._opened(node, at, self._most)
            except _TooMany:
                self._known[key] = [(self._factor(node, at),)]
        return self._known[key]

    def _opened(self, node: Node, at: int, most: int) -> list[_Product]:
        number = node.number
        ends = number not in self.signals or self.roles.get(number) == "error_signal"
        found = None if ends else terms(node, at, self.values)
        if found is None:
            return [(self._factor(node, at),)]
        result: list[_Product] = []
        for coefficient, elements in found:
            ordered = sorted(elements, key=lambda one: one[0].number not in self.signals)
            if not elements or self._is_nothing(ordered):
                continue
            result += self._multiplied(node, coefficient, ordered)
            if len(result) > most:
                raise _TooMany
        return result

    def _multiplied(
        self, node: Node, coefficient: float, elements: Sequence[Element]
    ) -> list[_Product]:
        """Return the products of a term: its elements opened, the error signal's first."""
        part: list[_Product] = [()]
        for element in elements:
            opened = self._products(*element)
            if len(part) * len(opened) > MAX_PATHS:
                raise _TooMany
            part = [one + other for one in part for other in opened]
        if coefficient != 1:
            line = self._line(node)
            number = f"{coefficient:g}".replace("-", "−")
            part = [(*one, TracedFactor(number, "", coefficient, "number", line)) for one in part]
        return part

    def _is_nothing(self, elements: Sequence[Element]) -> bool:
        """Whether a term is the zero that a sum begins with."""
        return all(one.number not in self.signals for one, _ in elements) and not any(
            np.ravel(self.values[one.number])[at] for one, at in elements
        )

    def without_rate(self, products: list[_Product], fused: bool) -> tuple[list[_Product], float]:
        """Return products without the step size, which the update's own line multiplies in."""
        if not fused or not products:
            return products, 1.0
        common = set(products[0]).intersection(*products[1:])
        rates = [one for one in common if one.source == "constant"]
        return [tuple(one for one in product if one not in rates) for product in products], prod(
            one.value for one in rates
        )

    def _factor(self, node: Node, at: int) -> TracedFactor:
        """Return an element as a factor: what it is, its number, the line that computed it."""
        node, at = self._whole(node, at)
        value = float(np.ravel(self.values[node.number])[at])
        label = self.reading.best(node.number)
        forward = node.number in self.reading.gradients[0]
        if (
            label is not None
            and label.target.kind != "value"
            and not (forward and node.number not in self.reading.errors)
        ):
            name = self._element(self.names.label(label), node, at)
        else:
            name = self._element(self._name(node), node, at)
        line = self._line(node)
        formula = expression(self.reading.step.graph.positions[node.position]) if line else ""
        if formula in name or len(formula) > _LONGEST:
            formula = ""
        return TracedFactor(name, formula, value, self._source(node), line)

    def _whole(self, node: Node, at: int) -> Element:
        """Return the element of what a value is only a part or a transpose of."""
        while node.number not in self.signals and operation(node) in PASSING:
            found = terms(node, at, self.values)
            if found is None or node.number in self.names.own:
                break
            ((_, ((node, at),)),) = found
        return node, at

    def _name(self, node: Node) -> str:
        own = node.number in self.names.own
        return (
            self.names.of(node.number)
            if own
            else self._given.get(node.number) or (self.names.of(node.number))
        )

    def _element(self, name: str, node: Node, at: int) -> str:
        if node.number in self._members:
            shape, at = self._members[node.number]
        else:
            shape = np.shape(self.values[node.number])
        indices = ", ".join(str(int(index)) for index in np.unravel_index(at, shape))
        return f"{name}[{indices}]" if shape else name

    def _source(self, node: Node) -> str:
        """Return what a factor is, in words."""
        step, role = self.reading.step, self.roles.get(node.number)
        if role == "error_signal" or node.number in self.reading.errors:
            return "error signal"
        if node.number in step.old:
            return "weight on the way"
        if node.number in self.reading.gradients[0]:
            return "value of the forward pass"
        label = self.reading.best(node.number)
        if label is not None and label.target.kind == "local":
            return "local derivative"
        if node.number in self.signals:
            return "derivative, all its paths"
        if node.number in step.moving:
            return "computed from the forward pass"
        single = not np.shape(self.values[node.number])
        return "constant" if single and node.number not in step.data else "input"

    def _line(self, node: Node) -> int | None:
        """Return where a value was computed; None for what was there before the step."""
        return self.reading.step.place(node).line if node.number > self.reading.step.start else None
