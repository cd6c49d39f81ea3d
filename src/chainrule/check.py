"""Check a gradient or a pullback by numbers; tell kink, rounding and fault apart; name the place.

The found derivatives are compared with oracles that know no chain rule (see `differences`).
Where the two differ by more than the tolerance, the difference is explained:

- kink: the slopes to the left and to the right differ and the found value lies between them, as
  for ReLU at exactly 0; every such value is accepted (units that are at 0 for several rows at
  once can hide it from both slopes: then move the point a little)
- rounding: the oracle, or the arithmetic in which the gradient was found, is no more exact
- fault: neither; the gradient is wrong
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from .chain import Array
from .differences import EPS, Estimate, Index, Oracle, Point, agree, noise, oracle_for, unraveled
from .errors import InputError

VERDICTS = ("right", "rounding", "kink", "fault")  # from good to bad
SAFETY = 8.0  # between the rounding that a few random trials show and that which can occur


@dataclass(frozen=True, slots=True)
class ParameterCheck:
    """The worst element of one array's gradient.

    `difference` = |found − expected| exceeds `tolerance` only if the verdict is kink or fault;
    `ratio` = found / expected, nan where 0 is expected; `checked` of `size` were compared singly.
    """

    name: str
    shape: tuple[int, ...]
    oracle: str
    index: Index
    found: float
    expected: float
    ratio: float
    difference: float
    tolerance: float
    verdict: str
    checked: int
    size: int


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """One `ParameterCheck` for each array, in the order in which the arrays were given."""

    parameters: tuple[ParameterCheck, ...]

    @property
    def ok(self) -> bool:
        """Whether no array's gradient is at fault."""
        return not self.faults

    @property
    def faults(self) -> tuple[ParameterCheck, ...]:
        """The arrays whose gradient is wrong."""
        return tuple(check for check in self.parameters if check.verdict == "fault")


def check_gradients(
    loss: Callable[[Any], Any],
    at: Any,
    gradients: Any,
    *,
    random_state: int | np.random.Generator = 0,
    rtol: float | None = None,
    max_elements: int = 200,
) -> GradientCheck:
    """Compare found gradients with numerical derivatives of the loss, element by element.

    `at` is a mapping of names to arrays, or one array (then named "x"); `loss(at)` returns L, a
    number; `gradients` holds ∂L/∂(each array), of that array's shape.  The loss gets float64
    arrays whatever their precision; the tolerance follows that of the found gradient:

        |found − expected| ≤ rtol · (|expected| + max |expected| / 100)

    where `rtol` is 1e-9 for float64 (1e-6 if the loss is no analytic code), 1.2e-4 for float32.
    Of an array with more than `max_elements` elements that many are compared one by one; then all
    in as many groups, by random weighted sums, and a group that disagrees is halved down to the
    element.  An array's verdict is its worst element's: right < rounding < kink < fault.

    Raises:
        InputError: if the arguments do not fit together, or the loss is random or not finite.

    >>> w = np.array([1.0, 2.0])
    >>> check = check_gradients(lambda w: np.sum(w**2), w, gradients=np.array([2.0, 4.004]))
    >>> check.ok, check.faults[0].index, round(check.faults[0].ratio, 6)
    (False, (1,), 1.001)
    """
    if not (rtol is None or 0 < rtol < 1) or max_elements < 1:
        raise InputError(
            "`rtol` must lie between 0 and 1 and `max_elements` must be at least 1, got "
            f"{rtol} and {max_elements}. Leave them out to have them chosen."
        )
    arrays, found = _arrays(at, "at"), _arrays(gradients, "gradients")
    got, wanted = ({name: x.shape for name, x in each.items()} for each in (found, arrays))
    if got != wanted:
        raise InputError(
            f"`gradients` must have the names and shapes of `at`, {wanted}, got {got}. "
            "Look for a missing name, transpose or sum over the batch."
        )
    random = np.random.default_rng(random_state)
    doubles = {name: np.array(x, np.float64) for name, x in arrays.items()}
    point = Point(lambda named: loss(_like(at, named)), doubles)
    value, rounding = _loss_at(point), noise(point, random)
    checks = []
    for name in arrays:
        oracle = oracle_for(point, name, rounding, random)
        examination = _Examination(oracle, found[name], value, rtol, max_elements, random)
        checks.append(examination.outcome())
    return GradientCheck(tuple(checks))


def check_pullback(
    function: Callable[[Any], Any],
    pullback: Callable[[Array], Any],
    at: Any,
    *,
    random_state: int | np.random.Generator = 0,
    rtol: float | None = None,
    max_elements: int = 200,
) -> GradientCheck:
    """Check a pullback, the transposed derivative of a function: ⟨v, J·u⟩ = ⟨pullback(v), u⟩.

    `at` is as in `check_gradients`; `function(at)` returns an array y; `pullback(v)`, for a
    cotangent v of y's shape and dtype, returns what has `at`'s structure.  It is called right after
    function(at) and compared with the gradient of ⟨v, function(·)⟩, for two random v and for
    16·v₁ − 9·v₂: to be right there too it must be linear.  The worst of the three is reported.

    Raises:
        InputError: as in `check_gradients`, and if `function` does not return one real array.

    >>> z = np.array([0.5, -2.0])
    >>> check_pullback(np.tanh, lambda v: v * (1 - np.tanh(z) ** 2), z).ok
    True
    """
    random = np.random.default_rng(random_state)
    y = _arrays({"y": function(_like(at, _arrays(at, "at")))}, "function(at)")["y"]
    v1, v2 = random.standard_normal((2, *y.shape)).astype(y.dtype)
    cotangents = [np.array(v) for v in (v1, v2, 16 * v1 - 9 * v2)]
    found = [_arrays(pullback(v.copy()), "pullback(v)") for v in cotangents]
    options: dict[str, Any] = {"random_state": random, "rtol": rtol, "max_elements": max_elements}

    def check(v: Array, gradients: Any) -> GradientCheck:
        return check_gradients(lambda x: np.sum(v * function(x)), at, gradients, **options)

    checks = [check(v, g).parameters for v, g in zip(cotangents, found, strict=True)]
    return GradientCheck(tuple(max(of_one, key=_badness) for of_one in zip(*checks, strict=True)))


@dataclass(frozen=True, slots=True)
class _Examination:
    """One array's found gradient before an oracle; `loss` is L at the point."""

    oracle: Oracle
    found: Array
    loss: float
    asked_rtol: float | None
    most: int
    random: np.random.Generator

    def outcome(self) -> ParameterCheck:
        """Return the worst element; before it is doubted, the complex step proves itself there."""
        check = self._compared()
        differences = replace(self.oracle, analytic=False)
        if check.verdict == "right" or agree(check.expected, differences.element(check.index)):
            return check
        return replace(self, oracle=differences)._compared()

    def _compared(self) -> ParameterCheck:
        """Compare every element, or a sample and whatever else is suspect; return the worst."""
        size, shape = self.found.size, self.found.shape
        if size <= self.most:
            return self._worst({index: self.oracle.element(index) for index in np.ndindex(shape)})
        # the largest element sets the scale, and a nan decides: that one is always in the sample
        top = np.argmax(np.where(np.isfinite(self.found), np.abs(self.found), np.inf))
        sample = [top, *self.random.choice(size, self.most - 1, replace=False)]
        estimates = {i: self.oracle.element(i) for i in (unraveled(k, shape) for k in sample)}
        worst = self._worst(estimates)
        if worst.verdict == "fault":
            return worst
        floor = self._tolerance(0.0, abs(float(self.found.flat[top])))
        suspects = self.oracle.suspects(self.found, floor, self.most, self.random)
        estimates |= {index: self.oracle.element(index) for index in islice(suspects, self.most)}
        return self._worst(estimates)

    def _tolerance(self, expected: float, largest: float) -> float:
        smallest = 1e-9 if self.oracle.analytic else 1e-6
        of_dtype = min(1000 * float(np.finfo(self.found.dtype).eps), 1e-2)
        size = 0.0 if math.isnan(expected) else abs(expected)
        return (self.asked_rtol or max(smallest, of_dtype)) * (size + largest / 100)

    def _worst(self, estimates: Mapping[Index, Estimate]) -> ParameterCheck:
        largest = float(np.fmax.reduce([abs(value) for value, _ in estimates.values()]))
        checks = [self._compare(index, value, largest) for index, (value, _) in estimates.items()]
        checks.sort(key=_badness, reverse=True)
        worst = checks[0]
        for check in checks:
            if check.difference <= check.tolerance or worst.verdict == "fault":
                break
            explained = self._explain(check, estimates[check.index].error, largest)
            worst = max(worst, explained, key=_badness)
        return replace(worst, checked=len(estimates))

    def _compare(self, index: Index, expected: float, largest: float) -> ParameterCheck:
        found = float(self.found[index])
        difference = abs(found - expected)
        return ParameterCheck(
            name=self.oracle.name,
            shape=self.found.shape,
            oracle=self.oracle.kind,
            index=index,
            found=found,
            expected=expected,
            ratio=found / expected if expected else math.nan,
            difference=difference if math.isfinite(difference) else math.inf,
            tolerance=self._tolerance(expected, largest),
            verdict="right",
            checked=1,
            size=self.found.size,
        )

    def _explain(self, check: ParameterCheck, error: float, largest: float) -> ParameterCheck:
        """Say whether a difference beyond the tolerance is a kink, rounding or a fault."""
        if not math.isfinite(check.found):
            return replace(check, verdict="fault")
        if math.isnan(check.expected) and not self.oracle.analytic:
            raise InputError(
                f"`loss` must be a number on both sides of `{check.name}` at index {check.index}, "
                "got none. Check the gradient at a point inside the loss's domain."
            )
        eps = float(np.finfo(self.found.dtype).eps)
        kink = self.oracle.kink(check.index, check.expected, check.tolerance, 16 * eps)
        if kink:
            inside = kink[0] - check.tolerance <= check.found <= kink[1] + check.tolerance
            return replace(check, verdict="kink" if inside else "fault")
        moves = self.oracle.sensitivity(check.index, eps, self.random)
        allowed = check.tolerance + error + SAFETY * max(0.0, moves - 2 * error)
        if largest <= 16 * EPS * abs(self.loss) + error:
            # all is 0 by cancellation, as for a bias before a mean is subtracted
            allowed += 16 * eps * abs(self.loss)
        verdict = "rounding" if check.difference <= allowed else "fault"
        return replace(check, tolerance=allowed, verdict=verdict)


def _badness(check: ParameterCheck) -> tuple[int, float]:
    excess = check.difference / max(check.tolerance, float(np.finfo(np.float64).tiny))
    return VERDICTS.index(check.verdict), excess


def _like(at: Any, named: Mapping[str, Array]) -> Any:
    return named if isinstance(at, Mapping) else named["x"]


def _arrays(values: Any, what: str) -> dict[str, Array]:
    """Copy the values into named arrays, refuse what holds no real numbers."""
    arrays = {}
    for name, value in (values if isinstance(values, Mapping) else {"x": values}).items():
        try:
            array = np.array(value)
        except ValueError:  # NumPy's word for rows of unequal lengths
            array = np.array(None)
        if array.dtype.kind not in "fiub" or array.size == 0:
            raise InputError(
                f"`{what}` must hold real numbers, got {type(value).__name__} of dtype "
                f"{array.dtype} and shape {array.shape} for `{name}`. Pass an array, or several "
                "by name, as in {'W': W, 'b': b}."
            )
        arrays[name] = array if array.dtype.kind == "f" else array.astype(np.float64)
    return arrays


def _loss_at(point: Point) -> float:
    """Return L at the point, refuse what is not one finite number, the same at each call."""
    first, second = np.asarray(point.moved(0.0, {})), np.asarray(point.moved(0.0, {}))
    if first.ndim > 0 or first.dtype.kind not in "fiub":
        raise InputError(
            f"`loss` must return one real number, got shape {first.shape} and dtype {first.dtype}. "
            "Sum or average it over the batch."
        )
    if not np.isfinite(first):
        raise InputError(
            f"`loss` must be finite at `at`, got {first}. Look for log(0), overflow or division "
            "by 0, or take a milder point."
        )
    if not np.isclose(first, second, rtol=1e-5, atol=0.0):
        raise InputError(
            f"`loss` must be the same at every call, got {first} and then {second}. "
            "Draw random numbers, such as a dropout mask, once and outside the loss."
        )
    return float(first)
