"""How layers lie in vectors: one network's units side by side, or eight networks abreast.

A step is written once for both (`steps`); they differ in the operations here.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

from llvmlite import ir

from .activations import Units
from .memory import Cell, at, kept, read, read_vector, repeated, word, write_vector
from .vectors import REAL, Vector, larger, vector_of

LANES = 8  # float64 numbers of the widest registers
Group = tuple[int, int, list[Cell]]
"""Parameters of a layer's units: where they begin, how many there are, and their vectors."""


class SideBySide:
    """One network: a layer of n units is ⌈n/8⌉ vectors, or one of four; zeros behind.

    So the next layer takes each unit spread over a vector, and ∂J/∂a is a sum along vectors.
    """

    sources = 1  # arrays of a kind: rows, say
    chain = 3  # so many terms of a sum wait for one another, then there is a second sum

    def __init__(self, builder: ir.IRBuilder) -> None:
        self.builder = builder

    def open(self, _sources: list[list[Any]], _n: int, _workspace: Any) -> None:
        """Make n parameters ready: they are in registers, see `cells`."""

    def cells(self, source: list[Any], _state: int, first: int, n: int) -> list[Cell]:
        """Return n parameters from the first on as units that change."""
        return [kept(units) for units in self.load([at(self.builder, source[0], word(first))], n)]

    def close(self, source: list[Any], _state: int, groups: Sequence[Group]) -> None:
        """Write the parameters back."""
        for first, n, cells in groups:
            units = [cell.get() for cell in cells]
            for j in range(n):
                place = at(self.builder, source[0], word(first + j))
                self.builder.store(units[j // LANES].at(j % LANES), place)

    def load(self, pointers: Sequence[Any], n: int) -> Units:
        """Return n numbers as units."""
        numbers, width = self._numbers(pointers[0], n), width_of(n)
        every = range(0, n, width)
        return [vector_of(self.builder, numbers[j : j + width], width) for j in every]

    def inputs(self, pointers: Sequence[Any], n: int, following: int) -> list[Vector]:
        """Return n numbers as a layer of so many units takes them."""
        width = width_of(following)
        one_each = [vector_of(self.builder, [x], width) for x in self._numbers(pointers[0], n)]
        return [vector.places(*[0] * width) for vector in one_each]

    def spread(self, units: Units, n: int, following: int) -> list[Vector]:
        """Return n units as a layer of so many takes them."""
        width = width_of(following)
        return [units[j // LANES].places(*[j % LANES] * width) for j in range(n)]

    def collect(self, rows: Sequence[Vector]) -> Units:
        """Return the sum along each vector as a unit."""
        width, wide = rows[0].width, width_of(len(rows))
        rows = [*rows, *[rows[0].number(0)] * (-len(rows) % max(width, wide))]
        evens, odds = range(0, 2 * width, 2), range(1, 2 * width, 2)
        for _ in range(width.bit_length() - 1):  # neighbours are added: half as many each time
            pairs = zip(rows[::2], rows[1::2], strict=True)
            rows = [one.places(*evens, of=two) + one.places(*odds, of=two) for one, two in pairs]
        if wide > width:
            pairs = zip(rows[::2], rows[1::2], strict=True)
            return [one.places(*range(wide), of=two) for one, two in pairs]
        return [row.places(*range(wide)) for row in rows]

    def whole(self, vector: Vector) -> Vector:
        """Return the sum along a vector, in each place."""
        return _everywhere(vector, add)

    def total(self, units: Units, n: int) -> Vector:
        """Return the sum over n units, in each place."""
        return self.whole(reduce(add, self.only(units, n)))

    def largest(self, units: Units, n: int) -> Vector:
        """Return the largest of n units, in each place."""
        first = units[0].places(*[0] * units[0].width)
        return _everywhere(reduce(larger, _followed(units, n, first)), larger)

    def only(self, units: Units, n: int) -> Units:
        """Return n units with zeros behind."""
        return _followed(units, n, units[0].number(0))

    def setting(self, numbers: Any, which: int) -> Vector:
        """Return a number of the settings, in each place."""
        number = read(self.builder, numbers, word(which * LANES))
        return vector_of(self.builder, [number], LANES).places(*[0] * LANES)

    def _numbers(self, pointer: Any, n: int) -> list[Any]:
        places = [self.builder.gep(pointer, [word(j)], source_etype=REAL) for j in range(n)]
        return [self.builder.load(place, typ=REAL) for place in places]


class Abreast:
    """Eight networks of a shape: a unit is a vector, with a network in each place.

    Their parameters are more than there are registers for; they lie in the workspace, mixed:
    number p of all states and networks in the vectors p, n + p, 2n + p.
    """

    sources = LANES
    chain = 10**9

    def __init__(self, builder: ir.IRBuilder) -> None:
        self.builder = builder

    def open(self, sources: list[list[Any]], n: int, workspace: Any) -> None:
        """Mix n parameters of each network in the workspace."""
        self.n, self.workspace = n, workspace
        for state, source in enumerate(sources):
            with repeated(self.builder, word(n)) as (p, _):
                numbers = [read(self.builder, start, p) for start in source]
                write_vector(vector_of(self.builder, numbers, LANES), *self._place(state, p))

    def cells(self, _source: list[Any], state: int, first: int, n: int) -> list[Cell]:
        """Return n parameters from the first on as units that change."""
        kind = ir.VectorType(REAL, LANES)
        places = [self._place(state, word(p)) for p in range(first, first + n)]
        return [Cell(self.builder, at(self.builder, *place, kind), kind) for place in places]

    def close(self, source: list[Any], state: int, _groups: Sequence[Group]) -> None:
        """Write the parameters of each network back."""
        with repeated(self.builder, word(self.n)) as (p, _):
            vector = read_vector(self.builder, *self._place(state, p), LANES)
            for lane, start in enumerate(source):
                self.builder.store(vector.at(lane), at(self.builder, start, p))

    def load(self, pointers: Sequence[Any], n: int) -> Units:
        """Return n numbers of each network as units."""
        units: Units = []
        for first in range(0, n, LANES):
            part = range(first, min(first + LANES, n))
            rows = [self._numbers(pointer, part) for pointer in pointers]
            units += _transposed(rows)[: len(part)]
        return units

    def inputs(self, pointers: Sequence[Any], n: int, _following: int) -> list[Vector]:
        """Return n numbers of each network: a layer takes units as they are."""
        return self.load(pointers, n)

    def spread(self, units: Units, _n: int, _following: int) -> list[Vector]:
        """Return the units: a layer takes them as they are."""
        return units

    def collect(self, rows: Sequence[Vector]) -> Units:
        """Return the sums: they are units."""
        return list(rows)

    def whole(self, vector: Vector) -> Vector:
        """Return each network's number: nothing is to be added to it."""
        return vector

    def total(self, units: Units, _n: int) -> Vector:
        """Return the sum over the units of each network."""
        return reduce(add, units)

    def largest(self, units: Units, _n: int) -> Vector:
        """Return the largest unit of each network."""
        return reduce(larger, units)

    def only(self, units: Units, _n: int) -> Units:
        """Return the units: there is nothing behind."""
        return units

    def setting(self, numbers: Any, which: int) -> Vector:
        """Return a number of each network's settings."""
        return read_vector(self.builder, numbers, word(which * LANES), LANES)

    def _place(self, state: int, p: Any) -> tuple[Any, Any]:
        index = self.builder.mul(self.builder.add(p, word(state * self.n)), word(LANES))
        return self.workspace, index

    def _numbers(self, pointer: Any, part: range) -> Vector:
        places = [self.builder.gep(pointer, [word(j)], source_etype=REAL) for j in part]
        return vector_of(self.builder, [self.builder.load(p, typ=REAL) for p in places], LANES)


Arrangement = SideBySide | Abreast


def width_of(n: int) -> int:
    """Return how wide the vectors of n units side by side are."""
    return 4 if n <= 4 else LANES


def _everywhere(vector: Vector, operation: Callable[[Vector, Vector], Vector]) -> Vector:
    """Return all numbers of a vector taken together, in each place."""
    shift = vector.width // 2
    while shift:
        swapped = vector.places(*(place ^ shift for place in range(vector.width)))
        vector, shift = operation(vector, swapped), shift // 2
    return vector


def _followed(units: Units, n: int, others: Vector) -> Units:
    """Return n units with these numbers behind."""
    last, width = units[-1], units[-1].width
    n -= width * (len(units) - 1)
    places = [place if place < n else width + place for place in range(width)]
    return [*units[:-1], last.places(*places, of=others)]


def _transposed(rows: list[Vector]) -> list[Vector]:
    """Return the columns of eight rows: corners of ever smaller squares are exchanged."""
    size = LANES // 2
    while size:
        upper = [place if not place & size else LANES + place - size for place in range(LANES)]
        lower = [place + size if not place & size else LANES + place for place in range(LANES)]
        turned = list(rows)
        for i in range(LANES):
            if not i & size:
                turned[i] = rows[i].places(*upper, of=rows[i + size])
                turned[i + size] = rows[i].places(*lower, of=rows[i + size])
        rows, size = turned, size // 2
    return rows
