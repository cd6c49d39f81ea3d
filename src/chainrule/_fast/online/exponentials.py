"""eˣ, log x and their kin on vectors, without a branch or a call.

eˣ = 2ⁿ eʳ with x = n log 2 + r and |r| ≤ ½ log 2; eʳ − 1 = r + r² q(r), where q is the polynomial
of degree 9 nearest in Chebyshev's sense: 4e-17 off.

log x = n log 2 + log m with √½ ≤ m < √2; log m = 2 atanh s with s = (m − 1)/(m + 1), |s| < 0.172,
and atanh s = s + s³ (1/3 + s²/5 + …).
"""

import math

from llvmlite import ir

from .vectors import REAL, WORD, Vector, absolute, where, with_sign_of

LOG2_HIGH = 6.93147180369123816490e-01  # 33 bits of log 2, so that n times it is exact
LOG2_LOW = 1.90821492927058770002e-10  # and the rest: W. J. Cody and W. Waite, 1980
WHOLE = 1.5 * 2.0**52  # added to a small number, it leaves a whole one in the last bits
Q = (
    0.5000000000000001, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062,
    0.0013888888917213717, 0.00019841269863053618, 2.4801521295954376e-05,
    2.7557268459997064e-06, 2.7620088445409746e-07, 2.510038549551032e-08,
)  # fmt: skip
OVERFLOW, UNDERFLOW = 709.782712893384, -745.1332191019412  # beyond, eˣ is ∞ or 0
SMALLEST = 2.0**-1022  # of the numbers with all their digits


def exp(x: Vector) -> Vector:
    """eˣ within 1 ulp, from 0 below −745.13 to ∞ above 709.78."""
    n, less_one = _reduced(x)
    # in two halves, as 2ⁿ itself may be beyond what a number can hold
    half = n.builder.ashr(n.value, _whole(n, 1))
    first, second = _power(n, half), _power(n, n.builder.sub(n.value, half))
    y = (less_one * first + first) * second
    return where(x > OVERFLOW, math.inf, where(x < UNDERFLOW, 0.0, y))


def expm1_below(x: Vector) -> Vector:
    """eˣ − 1 for x ≤ 0, within 2 ulp near 0 too."""
    n, less_one = _reduced(x)
    power = _power(n, n.value)
    return where(x < -40.0, -1.0, less_one * power + (power - 1))


def tanh(x: Vector) -> Vector:
    """(1 − e⁻²ˣ)/(1 + e⁻²ˣ), of |x|, within 3 ulp."""
    less_one = expm1_below(-2 * absolute(x))
    return with_sign_of(less_one / (less_one + 2), x)


def log(x: Vector) -> Vector:
    """Log x within 2 ulp; −∞ for 0, not a number below."""
    small = x < SMALLEST
    scaled = where(small, x * 2.0**54, x)
    builder, kind = x.builder, ir.VectorType(WORD, x.width)
    bits = builder.bitcast(scaled.value, kind)
    # the exponent of x/√½, so that what is left of x lies between √½ and √2
    root_half = builder.bitcast(x.number(math.sqrt(0.5)).value, kind)
    n = builder.ashr(builder.sub(bits, root_half), ir.Constant(kind, [52] * x.width))
    rest = builder.sub(bits, builder.shl(n, ir.Constant(kind, [52] * x.width)))
    m = Vector(builder, builder.bitcast(rest, x.value.type))
    power = Vector(builder, builder.sitofp(n, x.value.type)) - where(small, x.number(54), 0.0)
    s = (m - 1) / (m + 1)
    square = s * s
    series = square.number(1 / 23)
    for divisor in range(21, 1, -2):
        series = series * square + 1 / divisor
    y = power * LOG2_HIGH + (2 * s + (2 * (s * square) * series + power * LOG2_LOW))
    y = where(x > 0, y, where(x < 0, math.nan, x - math.inf))  # −∞ for 0; none stays none
    return where(x < math.inf, y, x + absolute(x))


def log1p(x: Vector) -> Vector:
    """log(1 + x) for x ≥ −1: what 1 + x loses of x is made good to the first order."""
    more = x + 1
    lost = (x - (more - 1)) / more
    return log(more) + where(absolute(lost) < 1, lost, 0.0)


def _reduced(x: Vector) -> tuple[Vector, Vector]:
    """Return n as whole numbers, and eʳ − 1."""
    shifted = x * (1 / math.log(2)) + WHOLE
    rounded = shifted - WHOLE
    r = (x - rounded * LOG2_HIGH) - rounded * LOG2_LOW
    square = r * r
    fourth = square * square
    # neighbours first, then pairs, then fours: few steps that wait for one another
    pairs = [r * high + low for low, high in zip(Q[::2], Q[1::2], strict=True)]
    q = (fourth * fourth) * pairs[4] + (
        fourth * (square * pairs[3] + pairs[2]) + (square * pairs[1] + pairs[0])
    )
    builder, kind = x.builder, ir.VectorType(WORD, x.width)
    zero = builder.bitcast(x.number(WHOLE).value, kind)
    n = builder.sub(builder.bitcast(shifted.value, kind), zero)
    return Vector(builder, n), square * q + r


def _power(n: Vector, exponent: ir.Value) -> Vector:
    """2ⁿ: n is written where a number keeps its exponent."""
    builder = n.builder
    bits = builder.shl(builder.add(exponent, _whole(n, 1023)), _whole(n, 52))
    return Vector(builder, builder.bitcast(bits, ir.VectorType(REAL, n.width)))


def _whole(n: Vector, number: int) -> ir.Constant:
    return ir.Constant(n.value.type, [number] * n.width)
