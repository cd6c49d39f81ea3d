"""Vectors of numbers whose arithmetic, written in Python, becomes machine code.

What is computed with a `Vector` is not computed now: each operation appends an instruction to a
function that LLVM is about to compile.  So a loop of Python over layers leaves no loop behind,
and a dot product of seven numbers is seven multiply-adds in registers.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

REAL, WORD, PLACE = ir.DoubleType(), ir.IntType(64), ir.IntType(32)
FUSED = ("contract",)  # a × b + c in one instruction: the only liberty taken


class Vector:
    """Eight float64 numbers, or four; or as many conditions, of a comparison."""

    __slots__ = ("builder", "value")

    def __init__(self, builder: ir.IRBuilder, value: Any) -> None:
        self.builder, self.value = builder, value

    @property
    def width(self) -> int:
        """How many numbers."""
        return int(self.value.type.count)

    def number(self, number: float) -> "Vector":
        """Return the number in each place of such a vector."""
        return Vector(self.builder, ir.Constant(self.value.type, [float(number)] * self.width))

    def _by(self, operation: Callable[..., Any], one: "Operand", two: "Operand") -> "Vector":
        left = one if isinstance(one, Vector) else self.number(one)
        right = two if isinstance(two, Vector) else self.number(two)
        return Vector(self.builder, operation(left.value, right.value, flags=FUSED))

    def __add__(self, other: "Operand") -> "Vector":
        return self._by(self.builder.fadd, self, other)

    def __radd__(self, other: float) -> "Vector":
        return self._by(self.builder.fadd, other, self)

    def __sub__(self, other: "Operand") -> "Vector":
        return self._by(self.builder.fsub, self, other)

    def __rsub__(self, other: float) -> "Vector":
        return self._by(self.builder.fsub, other, self)

    def __mul__(self, other: "Operand") -> "Vector":
        return self._by(self.builder.fmul, self, other)

    def __rmul__(self, other: float) -> "Vector":
        return self._by(self.builder.fmul, other, self)

    def __truediv__(self, other: "Operand") -> "Vector":
        return self._by(self.builder.fdiv, self, other)

    def __rtruediv__(self, other: float) -> "Vector":
        return self._by(self.builder.fdiv, other, self)

    def __neg__(self) -> "Vector":
        return Vector(self.builder, self.builder.fneg(self.value))

    def __gt__(self, other: "Operand") -> "Vector":
        return self._compare(">", other)

    def __lt__(self, other: "Operand") -> "Vector":
        return self._compare("<", other)

    def __and__(self, other: "Vector") -> "Vector":
        return Vector(self.builder, self.builder.and_(self.value, other.value))

    def _compare(self, sign: str, other: "Operand") -> "Vector":
        right = other if isinstance(other, Vector) else self.number(other)
        return Vector(self.builder, self.builder.fcmp_ordered(sign, self.value, right.value))

    def places(self, *places: int, of: "Vector | None" = None) -> "Vector":
        """Return the numbers at these places, counted on in another vector of the same width."""
        mask = ir.Constant(ir.VectorType(PLACE, len(places)), list(places))
        other = self.value if of is None else of.value
        return Vector(self.builder, self.builder.shuffle_vector(self.value, other, mask))

    def at(self, place: int) -> Any:
        """Return the number at a place, as a value of LLVM."""
        return self.builder.extract_element(self.value, ir.Constant(PLACE, place))


Operand = Vector | float


def vector_of(builder: ir.IRBuilder, numbers: Sequence[Any], width: int) -> Vector:
    """Return values of LLVM as a vector, with zeros behind."""
    value: Any = ir.Constant(ir.VectorType(numbers[0].type, width), [0] * width)
    for place, number in enumerate(numbers):
        value = builder.insert_element(value, number, ir.Constant(PLACE, place))
    return Vector(builder, value)


def where(condition: Vector, yes: Operand, no: Operand) -> Vector:
    """Return one number where a condition holds, and the other elsewhere."""
    known = yes if isinstance(yes, Vector) else no
    assert isinstance(known, Vector)
    sides = (side if isinstance(side, Vector) else known.number(side) for side in (yes, no))
    chosen = condition.builder.select(condition.value, *(side.value for side in sides))
    return Vector(condition.builder, chosen)


def larger(x: Vector, y: Operand) -> Vector:
    """max(x, y); not a number where x is none."""
    return where(x < y, y, x)


def smaller(x: Vector, y: Operand) -> Vector:
    """min(x, y); not a number where x is none."""
    return where(x > y, y, x)


def finite(x: Vector) -> Vector:
    """Return where x is a number and not infinite."""
    return absolute(x) < math.inf


def _instruction(name: str, *operands: Vector) -> Vector:
    first = operands[0]
    kind = ir.FunctionType(first.value.type, [operand.value.type for operand in operands])
    function = _declared(first.builder, f"llvm.{name}.v{first.width}f64", kind)
    return Vector(first.builder, first.builder.call(function, [x.value for x in operands]))


def _declared(builder: ir.IRBuilder, name: str, kind: ir.FunctionType) -> Any:
    known = builder.module.globals.get(name)
    return ir.Function(builder.module, kind, name) if known is None else known


def absolute(x: Vector) -> Vector:
    """|x|."""
    return _instruction("fabs", x)


def sqrt(x: Vector) -> Vector:
    """√x."""
    return _instruction("sqrt", x)


def with_sign_of(x: Vector, sign: Vector) -> Vector:
    """|x| with the sign of another."""
    return _instruction("copysign", x, sign)


def one_by_one(name: str, x: Vector) -> Vector:
    """Call a function of C's mathematical library for each number."""
    function = _declared(x.builder, name, ir.FunctionType(REAL, [REAL]))
    for attribute in ("nounwind", "readnone"):
        function.attributes.add(attribute)  # so the same number is not asked for twice
    results = [x.builder.call(function, [x.at(place)]) for place in range(x.width)]
    return vector_of(x.builder, results, x.width)
