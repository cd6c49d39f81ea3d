"""eˣ and its kin as polynomials, written as instructions, so that a loop works on vectors.

The C library takes one number at a time.  Errors are of a few units in the last place; limits,
infinities and NaN are those of the library.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from llvmlite import ir
from numba.extending import intrinsic

AS_WRITTEN = ("contract",)  # sums in another order would take away what rounded parts are for


class _Kind(NamedTuple):
    """What the polynomials take in a type of number.

    Attributes:
        size, bits, bias: bits of a number, of its fraction; what its exponent counts from.
        lowest, highest: eˣ is 0 below and infinite above.
        log_2, rest: ln 2 in two parts, the first ending in so many zeros that n × it is exact.
        exp: (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2, by powers of r.
        log: (artanh s / s − 1) / s² for s ≤ 1/3, by powers of s².  Both interpolate at Chebyshev's
            nodes, with relative errors in the result of at most 2e-8 and 2e-17.
    """

    size: int
    bits: int
    bias: int
    lowest: float
    highest: float
    log_2: float
    rest: float
    exp: tuple[float, ...]
    log: tuple[float, ...]


_SINGLE = _Kind(
    32, 23, 127, -104.0, 89.0, 0.693145751953125, 1.42860682031e-6,
    (0.5, 0.1666657699, 0.04166655462, 0.008363179053, 0.001392618359),
    (0.3333332017, 0.2000378032, 0.141183099, 0.1342574901),
)  # fmt: skip
_DOUBLE = _Kind(
    64, 52, 1023, -746.0, 710.0, 0.693147180559663, 2.8235290563031577123e-13,
    (
        0.5000000000000001022, 0.1666666666666666745, 0.04166666666662412787,
        0.008333333333330061833, 0.00138888889172137169, 0.0001984126986305361688,
        0.00002480152129595437513, 2.755726845999706477e-6, 2.762008844540974816e-7,
        2.510038549551031908e-8,
    ),
    (
        0.3333333333333332928, 0.2000000000000729134, 0.1428571428355437858,
        0.1111111135871393149, 0.09090894718066429085, 0.07692785032479311552,
        0.06657072104827468075, 0.06000536404795356268, 0.04400369243072336941,
        0.0808202280597176611,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Number:
    """A number of a compiled function; arithmetic on it writes instructions."""

    builder: Any
    value: Any

    @property
    def kind(self) -> _Kind:
        return _SINGLE if isinstance(self.value.type, ir.FloatType) else _DOUBLE

    @property
    def whole(self) -> Any:
        return ir.IntType(self.kind.size)

    def of(self, value: Any) -> "_Number":
        """Return another number of its type."""
        if not isinstance(value, ir.Value):
            value = ir.Constant(self.value.type, value)
        return _Number(self.builder, value)

    def _with(self, other: "_Number | float", write: Any) -> "_Number":
        other = other if isinstance(other, _Number) else self.of(other)
        return self.of(write(self.value, other.value, flags=AS_WRITTEN))

    def __add__(self, other: "_Number | float") -> "_Number":
        return self._with(other, self.builder.fadd)

    def __sub__(self, other: "_Number | float") -> "_Number":
        return self._with(other, self.builder.fsub)

    def __mul__(self, other: "_Number | float") -> "_Number":
        return self._with(other, self.builder.fmul)

    def __truediv__(self, other: "_Number | float") -> "_Number":
        return self._with(other, self.builder.fdiv)

    def limited(self, relation: str, limit: float) -> "_Number":
        """Return the limit where the number is < or > it; NaN stays."""
        beyond = self.builder.fcmp_ordered(relation, self.value, self.of(limit).value)
        return self.of(self.builder.select(beyond, self.of(limit).value, self.value))

    def series(self, coefficients: tuple[float, ...]) -> "_Number":
        total = self.of(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            total = total * self + coefficient
        return total

    def as_word(self) -> Any:
        return self.builder.bitcast(self.value, self.whole)

    def from_word(self, word: Any) -> "_Number":
        return self.of(self.builder.bitcast(word, self.value.type))

    def power_of_2(self, n: Any) -> "_Number":
        """Return 2ⁿ, n a whole number in the range of exponents."""
        kind = self.kind
        exponent = self.builder.add(n, self.whole(kind.bias))
        return self.from_word(self.builder.shl(exponent, self.whole(kind.bits)))


def _parts_of_exp(x: _Number) -> tuple[Any, _Number]:
    """Return the n and the eʳ − 1 of eˣ = 2ⁿ eʳ, |r| ≤ ln 2 / 2."""
    # added to so large a number, what is behind the point falls away, and n stands in the last bits
    large = x.of(1.5 * 2**x.kind.bits)
    shifted = x * (1 / math.log(2)) + large
    n = shifted - large
    r = x - n * x.kind.log_2 - n * x.kind.rest
    whole = x.builder.sub(shifted.as_word(), large.as_word())
    return whole, r + r * r * r.series(x.kind.exp)


def _exp(x: _Number) -> _Number:
    x = x.limited("<", x.kind.lowest).limited(">", x.kind.highest)
    n, above_one = _parts_of_exp(x)
    half = x.builder.ashr(n, x.whole(1))  # 2ⁿ itself may be no number where the result is one
    scaled = (above_one + 1) * x.power_of_2(half)
    return scaled * x.power_of_2(x.builder.sub(n, half))


def _expm1(x: _Number) -> _Number:
    x = x.limited("<", -x.kind.bits - 20).limited(">", x.kind.highest)
    n, above_one = _parts_of_exp(x)
    power = x.power_of_2(x.builder.sub(n, x.whole(1)))  # a half of it: 2ⁿ itself may be too large
    return (power * above_one + (power - 0.5)) * 2


def _tanh(x: _Number) -> _Number:
    sign = x.whole(1 << (x.kind.size - 1))
    word = x.as_word()
    size = x.from_word(x.builder.and_(word, x.builder.not_(sign)))
    above_one = _expm1((size * 2).limited(">", x.kind.bits))  # from there on it is 1
    value = (above_one / (above_one + 2)).as_word()
    return x.from_word(x.builder.or_(value, x.builder.and_(word, sign)))


def _sigma(x: _Number) -> _Number:
    return x.of(1) / (_exp(x.of(0) - x) + 1)


def _log1p(x: _Number) -> _Number:
    s = x / (x + 2)
    square = s * s
    return (s + s * square * square.series(x.kind.log)) * 2


def _written(write: Any, x: Any) -> Any:
    """Return an intrinsic's type and how it is written."""

    def codegen(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return write(_Number(builder, arguments[0])).value

    return x(x), codegen


@intrinsic
def exp(_typing: Any, x: Any) -> Any:
    """Return eˣ."""
    return _written(_exp, x)


@intrinsic
def expm1(_typing: Any, x: Any) -> Any:
    """Return eˣ − 1, precise near 0."""
    return _written(_expm1, x)


@intrinsic
def tanh(_typing: Any, x: Any) -> Any:
    """Return tanh x."""
    return _written(_tanh, x)


@intrinsic
def sigma(_typing: Any, x: Any) -> Any:
    """Return 1 / (1 + e⁻ˣ), 0 where e⁻ˣ overflows."""
    return _written(_sigma, x)


@intrinsic
def log1p(_typing: Any, x: Any) -> Any:
    """Return ln (1 + x) for 0 ≤ x ≤ 1."""
    return _written(_log1p, x)
