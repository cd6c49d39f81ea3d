"""The derivative of a loss by numbers alone, without the chain rule: two oracles and their doubts.

Everything here looks at the loss along a straight line, t ↦ L(at + t·direction), whose slope at
t = 0 is the sum of ∂L/∂x · direction.  Two oracles measure that slope:

- the complex step, Im L(at + ih·direction) / h, which subtracts nothing and so is exact to
  rounding, but only for code that carries an imaginary part through (abs, norm, float do not);
- Richardson's extrapolation of central differences, which works for any code and comes with an
  estimate of its own error, of which the rounding noise inside the loss is a part.
"""

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from .chain import Array

COMPLEX_STEP = "complex step"
RICHARDSON = "Richardson differences"

EPS = float(np.finfo(np.float64).eps)
IMAGINARY_STEP = 1e-30  # its square is lost in rounding beside 1, and does not underflow
FIRST_STEP = 0.125  # of the size of what is moved
LEVELS = 20  # the last step is FIRST_STEP / 4¹⁹, about 5e-13
SIGMAS = 3.0  # rounding errors beyond three standard deviations are rare

Direction = Mapping[str, Array]
Index = tuple[int, ...]


class Estimate(NamedTuple):
    """A slope and the error that the method itself admits."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Point:
    """A loss and the float64 arrays at which it is to be differentiated."""

    loss: Callable[[dict[str, Array]], Any]
    at: Mapping[str, Array]

    def moved(self, t: complex, direction: Direction) -> Any:
        """Return L(at + t·direction); the loss gets copies, so it may write into them."""
        arrays = {
            name: np.array(x + t * direction[name]) if name in direction else x.copy()
            for name, x in self.at.items()
        }
        with np.errstate(all="ignore"):  # a step may leave the loss's domain: that gives nan
            return self.loss(arrays)

    def value(self, t: float, direction: Direction) -> float:
        """Return L(at + t·direction), nan where that is not a finite number."""
        try:
            value = float(self.moved(t, direction))
        except (ArithmeticError, ValueError):  # as math.log(-1) and math.exp(1000) raise
            return math.nan
        return value if math.isfinite(value) else math.nan

    def scaled(self, draw: Callable[[tuple[int, ...]], Array]) -> "Point":
        """Return the point with each array multiplied by factors drawn for its shape."""
        return Point(self.loss, {n: np.array(x * draw(x.shape)) for n, x in self.at.items()})


def typical_size(x: Array) -> float:
    """Return the mean |x|, 1 for zeros: the unit in which x is moved.

    >>> typical_size(np.array([3.0, -3.0]))
    3.0
    """
    return float(np.mean(np.abs(x))) or 1.0


def noise(point: Point, random: np.random.Generator) -> float:
    """Estimate the standard deviation of the rounding errors inside the loss.

    Fourth differences of closely spaced values wipe out whatever is smooth and leave the noise,
    multiplied by √70 (Moré and Wild 2011, "Estimating computational noise", section 3).  Their
    median is taken since a kink among the points spoils three of the eight.  A loss that rounds to
    float32 inside gives equal values, a staircase, until the spacing is wide enough.
    """
    direction = {
        name: np.array(np.where(x == 0, typical_size(x), x) * random.uniform(-1, 1, x.shape))
        for name, x in point.at.items()
    }
    deviation = float(np.finfo(np.float64).tiny)
    for spacing in (1e-12, 1e-9, 1e-6, 1e-3):
        # one side only: a kink often lies exactly at the point itself
        values = np.array([point.value(k * spacing, direction) for k in range(1, 13)])
        if np.any(np.isnan(values)):
            break
        median = np.median(np.abs(np.diff(values, n=4)))
        sigma = float(median) / (0.6745 * math.sqrt(70))
        deviation = max(deviation, sigma, EPS * float(np.max(np.abs(values))))
        if len(np.unique(values)) > len(values) // 2:
            break
    return deviation


def complex_step(point: Point, direction: Direction) -> complex:
    """Return L and its slope as the real and imaginary part of one number; nan if code refuses.

    slope = Im L(at + ih·direction) / h   (Squire and Trapp 1998)

    >>> square = Point(lambda arrays: np.sum(arrays["x"] ** 2), {"x": np.array([3.0])})
    >>> complex_step(square, {"x": np.array([1.0])})
    (9+6j)
    """
    with warnings.catch_warnings():
        # NumPy only warns when it drops an imaginary part
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            result = complex(point.moved(1j * IMAGINARY_STEP, direction))
        except Exception:  # whatever foreign code raises here means: not made for complex numbers
            return complex(math.nan, math.nan)
    return complex(result.real, result.imag / IMAGINARY_STEP)


def richardson(point: Point, direction: Direction, size: float, rounding: float) -> Estimate:
    """Return the slope along the direction and its error by Ridders' tableau.

    The central difference [L(h) − L(−h)] / 2h errs by a series in h², h⁴, …; two steps, h and
    h/4, remove the first term, three the second, and so on (Richardson 1911; Ridders 1982).
    The error of an entry is its distance from the two it was made of, plus rounding / h.
    `size` is the t that moves the arrays by about their own size.

    >>> cube = Point(lambda arrays: arrays["x"] ** 3, {"x": np.array(2.0)})
    >>> slope, error = richardson(cube, {"x": np.array(1.0)}, 2.0, 1e-15)
    >>> abs(slope - 12) <= error < 1e-12
    True
    """
    best = Estimate(math.nan, math.inf)
    row: list[float] = []
    for level in range(LEVELS):
        h = size * FIRST_STEP / 4.0**level
        up, down = point.value(h, direction), point.value(-h, direction)
        if math.isnan(up) or math.isnan(down):
            row = []  # start again with smaller steps, inside the loss's domain
            continue
        floor = SIGMAS * max(rounding, EPS * abs(up), EPS * abs(down)) / h
        coarser_row, row = row, [(up - down) / (2 * h)]
        for order, coarser in enumerate(coarser_row, start=1):
            finer = row[-1]
            row.append(finer + (finer - coarser) / (16.0**order - 1))
            error = max(abs(row[-1] - finer), abs(row[-1] - coarser)) + floor
            best = min(best, Estimate(row[-1], error), key=lambda estimate: estimate.error)
        if best.error <= 2 * floor:
            break  # smaller steps would only add rounding
    return best


@dataclass(frozen=True, slots=True)
class Oracle:
    """The numerical derivatives of a loss with respect to one of its arrays."""

    point: Point
    name: str
    rounding: float
    analytic: bool

    @property
    def kind(self) -> str:
        """The name of the method."""
        return COMPLEX_STEP if self.analytic else RICHARDSON

    def slope(self, direction: Array, *sizes: float) -> Estimate:
        """Return Σ ∂L/∂x · direction, where direction has the shape of x.

        The differences try steps in proportion to each of the sizes until one gives seven digits.
        """
        along = {self.name: direction}
        if self.analytic:
            return Estimate(complex_step(self.point, along).imag, 0.0)
        best = Estimate(math.nan, math.inf)
        for size in dict.fromkeys((*sizes, typical_size(self.point.at[self.name]), 1.0)):
            found = richardson(self.point, along, size, self.rounding)
            best = min(best, found, key=lambda estimate: estimate.error)
            if best.error <= 1e-7 * abs(best.value):
                break
        return best

    def element(self, index: Index) -> Estimate:
        """Return ∂L/∂x at an index."""
        own_size = abs(float(self.point.at[self.name][index]))
        return self.slope(self._unit(index), *([own_size] if own_size else []))

    def kink(
        self, index: Index, expected: float, tolerance: float, closest: float
    ) -> tuple[float, float] | None:
        """Return the lower and the higher slope beside a kink at or next to x, None without one.

        Each side's slope is extrapolated from steps 4h and h, its error known from 16h and 4h.  At
        a kink one side differs by more than that from what is expected of a smooth loss, which,
        being about the mean of both sides, is not far from either.  `closest` is the least h / x.
        """
        along = {self.name: self._unit(index)}
        middle = self.point.value(0.0, along)
        x = self.point.at[self.name]
        # a balance: the error of curvature grows with h, that of rounding with 1/h
        relative = max(closest, 10 * math.sqrt(self.rounding / max(abs(middle), self.rounding)))
        h = relative * max(abs(float(x[index])), typical_size(x))
        floor = 2 * SIGMAS * self.rounding / h
        kinked, ends, slopes = False, [], []
        for side in (-h, h):
            far, mid, near = (
                (self.point.value(side * k, along) - middle) / (side * k) for k in (16, 4, 1)
            )
            slope = near + (near - mid) / 3
            error = abs(slope - mid - (mid - far) / 3) + floor
            kinked |= abs(slope - expected) > 2 * error + tolerance
            # a kink between near and far spoils the extrapolation, but not the nearest slope
            ends.append(slope if error < abs(slope - near) else near)
            slopes += [far, mid, near]
        width = max(slopes) - min(slopes)
        if not kinked or not min(slopes) - width <= expected <= max(slopes) + width:
            return None
        return min(ends) - floor, max(ends) + floor

    def sensitivity(self, index: Index, eps: float, random: np.random.Generator) -> float:
        """Return what precision eps costs ∂L/∂x at an index, whatever code computes it.

        A stable computation is the exact one for numbers moved by eps (backward error analysis).
        Terms that cancel, as near a minimum, and the 1 − a² of a saturated unit are rounded in
        proportion to their size elsewhere, which smaller numbers in some of the arrays show.
        """
        factors: list[Callable[[tuple[int, ...]], Array]] = [np.ones]
        factors += 3 * [lambda shape: 1 + random.choice([-eps, eps], shape)]
        factors += 6 * [lambda shape: np.full(shape, 10 ** random.uniform(-1.5, 0))]
        points = [self.point.scaled(draw) for draw in factors]
        slopes = [replace(self, point=point).element(index).value for point in points]
        moves = np.fmax.reduce(slopes[:4]) - np.fmin.reduce(slopes[:4])
        return float(moves + eps * np.fmax.reduce(np.abs(slopes)))

    def suspects(
        self, found: Array, floor: float, groups: int, random: np.random.Generator
    ) -> Iterator[Index]:
        """Find the elements that disagree in groups: halve a group whose weighted sum is wrong.

        `floor` is the error allowed to one element; those of n right elements with random signs
        add up to about √n times that.
        """
        weights = random_weights(found.shape, random).ravel()
        waiting = np.array_split(random.permutation(found.size), groups)
        while waiting:
            group = waiting.pop()
            direction = np.zeros(found.size)
            direction[group] = weights[group]
            expected, error = self.slope(direction.reshape(found.shape))
            difference = abs(float(direction @ found.ravel()) - expected)
            if difference <= math.sqrt(group.size) * floor / 4 + error:
                continue
            if group.size > 1:
                waiting.extend(np.array_split(group, 2))
            else:
                yield unraveled(group[0], found.shape)

    def _unit(self, index: Index) -> Array:
        direction = np.zeros(self.point.at[self.name].shape)
        direction[index] = 1.0
        return direction


def agree(exact: float, estimate: Estimate) -> bool:
    """Tell whether a complex step's slope is what the differences say, within their error."""
    return abs(exact - estimate.value) <= 10 * estimate.error + 1e-10 * abs(estimate.value)


def oracle_for(point: Point, name: str, rounding: float, random: np.random.Generator) -> Oracle:
    """Choose the complex step if it agrees with differences along a random direction.

    Code that drops the imaginary part in silence (abs, real, norm, vdot) is found out here.
    """
    x = point.at[name]
    direction = random_weights(x.shape, random)
    differences = Oracle(point, name, rounding, analytic=False)
    tried = complex_step(point, {name: direction})
    value = point.value(0.0, {})
    same_value = abs(tried.real - value) <= 1e-8 * abs(value) + 10 * rounding
    if same_value and agree(tried.imag, differences.slope(direction)):
        return Oracle(point, name, rounding, analytic=True)
    return differences


def random_weights(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Return random signs times sizes in [½, 3/2], so that equal faults cannot cancel."""
    return np.array(random.choice([-1.0, 1.0], shape) * random.uniform(0.5, 1.5, shape))


def unraveled(flat: Any, shape: tuple[int, ...]) -> Index:
    """Return the index of the flat-th element of an array of that shape, as plain integers."""
    return tuple(int(i) for i in np.unravel_index(flat, shape))
