"""What a program reads and writes: addresses, cells that change from row to row, and loops."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from .vectors import REAL, WORD, Vector

BYTES = 8  # of a number, and of an address


def word(number: int) -> ir.Constant:
    """Return a whole number."""
    return ir.Constant(WORD, number)


def at(builder: ir.IRBuilder, start: Any, index: Any, kind: Any = REAL) -> Any:
    """Return where the numbers of an address's array begin that are counted on by `index`."""
    there = builder.add(start, builder.mul(index, word(BYTES)))
    return builder.inttoptr(there, kind.as_pointer())


def read(builder: ir.IRBuilder, start: Any, index: Any, kind: Any = REAL) -> Any:
    """Return the number at an index of an address's array."""
    return builder.load(at(builder, start, index, kind))


def read_vector(builder: ir.IRBuilder, start: Any, index: Any, width: int) -> Vector:
    """Return so many numbers from an index on."""
    place = at(builder, start, index, ir.VectorType(REAL, width))
    return Vector(builder, builder.load(place, align=BYTES))


def write_vector(vector: Vector, start: Any, index: Any) -> None:
    """Write a vector's numbers from an index on."""
    place = at(vector.builder, start, index, vector.value.type)
    vector.builder.store(vector.value, place, align=BYTES)


class Cell:
    """A vector that changes from row to row."""

    def __init__(self, builder: ir.IRBuilder, place: Any, kind: Any) -> None:
        self._builder, self._place, self._kind = builder, place, kind

    def get(self) -> Vector:
        """Return the vector as it is now."""
        value = self._builder.load(self._place, align=BYTES, typ=self._kind)
        return Vector(self._builder, value)

    def set(self, vector: Vector) -> None:
        """Put another in its place."""
        self._builder.store(vector.value, self._place, align=BYTES)


def kept(vector: Vector) -> Cell:
    """Return a cell of its own for a vector, which LLVM makes a register of."""
    kind = vector.value.type
    cell = Cell(vector.builder, vector.builder.alloca(kind), kind)
    cell.set(vector)
    return cell


@contextmanager
def repeated(builder: ir.IRBuilder, count: Any) -> Iterator[tuple[Any, Any]]:
    """Write a loop around what is written within; yield its index, and where it leads to."""
    before = builder.block
    head, body, after = (builder.append_basic_block(name) for name in ("head", "body", "after"))
    builder.branch(head)
    builder.position_at_end(head)
    index = builder.phi(WORD)
    index.add_incoming(word(0), before)
    builder.cbranch(builder.icmp_signed("<", index, count), body, after)
    builder.position_at_end(body)
    yield index, after
    index.add_incoming(builder.add(index, word(1)), builder.block)
    builder.branch(head)
    builder.position_at_end(after)
