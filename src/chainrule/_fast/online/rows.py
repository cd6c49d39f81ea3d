"""How a program goes through the rows, for one network or for eight abreast."""

from functools import lru_cache, reduce
from typing import Any

from llvmlite import ir

from .arrangements import LANES, Abreast, SideBySide
from .machine import Machine
from .memory import kept, read, repeated, word
from .programs import GONE, ORDER, SEEN, TOTAL, Program
from .shelf import is_kept
from .steps import Shape
from .vectors import WORD, Vector, finite, vector_of, where


@lru_cache(maxsize=64)
def program_of(shape: Shape) -> Machine:
    """Return the compiled program of a shape.

    It takes the addresses of: addresses (7, 8), settings (7, 8), how many rows (8,), results
    (3, 8), and a workspace.  Each network has a column.
    """

    def write(builder: ir.IRBuilder, arguments: Any) -> None:
        (EightAbreast if shape.abreast else OneByItself)(builder, shape, arguments).write()

    _made.add(shape)
    return Machine(5, write, repr(shape))


_made: set[Shape] = set()


def is_made(shape: Shape) -> bool:
    """Whether the program of a shape was made in this process, or is kept on disk."""
    return shape in _made or is_kept(repr(shape))


class OneByItself(Program):
    """One network: what is not to be done for a row is skipped.

    The first row whose loss is not finite is the last, and takes no step.
    """

    def __init__(self, builder: ir.IRBuilder, shape: Shape, arguments: Any) -> None:
        self.over = SideBySide(builder)
        super().__init__(builder, shape, arguments)
        zero = self.settings[0].number(0)
        self.found = [kept(zero) for _ in (TOTAL, SEEN, GONE)]

    def go_through(self) -> None:
        """Go through the rows."""
        builder = self.builder
        gone = self.found[GONE]
        (order,) = self.sources(ORDER)
        with repeated(builder, self.length()) as (index, end_of_rows):
            row = read(builder, order, index, WORD)
            gone.set(gone.get() + 1)
            if self.shape.weighted:
                with builder.if_then((self.weight([row]) > 0).at(0)):
                    self._row(row, end_of_rows)
            else:
                self._row(row, end_of_rows)
        self.report(self.found)

    def _row(self, row: Any, end_of_rows: Any) -> None:
        total, seen, _ = self.found
        passed = self.forward([row])
        total.set(total.get() + passed.loss)
        seen.set(seen.get() + 1)
        go_on = self.builder.append_basic_block("go_on")
        self.builder.cbranch(finite(passed.loss).at(0), go_on, end_of_rows)
        self.builder.position_at_end(go_on)
        self.step(passed)


class EightAbreast(Program):
    """Eight networks: what is not to be done for one of them is done, and forgotten.

    A network whose loss is not finite takes no step any more.
    """

    def __init__(self, builder: ir.IRBuilder, shape: Shape, arguments: Any) -> None:
        self.over = Abreast(builder)
        super().__init__(builder, shape, arguments)
        zero = self.settings[0].number(0)
        self.found = [kept(zero) for _ in (TOTAL, SEEN, GONE)]
        self.fine = kept(zero < 1)

    def go_through(self) -> None:
        """Go through the rows, as many as the longest order has."""
        builder = self.builder
        lengths = [self.length(lane) for lane in range(LANES)]
        counts = vector_of(builder, lengths, LANES)
        with repeated(builder, reduce(self._longer, lengths)) as (index, _):
            everywhere = vector_of(builder, [index], LANES).places(*[0] * LANES)
            left = builder.icmp_signed("<", everywhere.value, counts.value)
            orders = zip(self.sources(ORDER), lengths, strict=True)
            rows = [self._row_at(order, index, length) for order, length in orders]
            self._rows(rows, Vector(builder, left) & self.fine.get())
        self.report(self.found)

    def _longer(self, one: Any, two: Any) -> Any:
        return self.builder.select(self.builder.icmp_signed(">", one, two), one, two)

    def _row_at(self, order: Any, index: Any, length: Any) -> Any:
        """Return a network's row, or any where its order has ended."""
        inside = self.builder.icmp_signed("<", index, length)
        return read(self.builder, order, self.builder.select(inside, index, word(0)), WORD)

    def _rows(self, rows: list[Any], active: Vector) -> None:
        total, seen, gone = self.found
        gone.set(where(active, gone.get() + 1, gone.get()))
        if self.shape.weighted:
            active = active & (self.weight(rows) > 0)
        passed = self.forward(rows)
        total.set(where(active, total.get() + passed.loss, total.get()))
        seen.set(where(active, seen.get() + 1, seen.get()))
        good = finite(passed.loss)
        self.fine.set(where(active, good, self.fine.get()))
        self.step(passed, active & good)
