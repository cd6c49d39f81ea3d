"""Shorter forms of a tidy expression: over one denominator, multiplied out, a factor before."""

from collections.abc import Callable

from . import building as build
from .building import ONE, ZERO, Expr
from .simplify import added, as_power, is_negative, key, multiplied, raised, tidy

_MAX_EXPANDED = 30  # operations of a term that is multiplied out


def shortest(node: Expr) -> Expr:
    """Return the form of fewest operations: as it is, multiplied out, or with a factor before."""
    plain = tidy(node)
    spread = distributed(plain)
    forms = [plain, common_denominator(plain), without_common_factor(spread), spread]
    return min(forms, key=build.operations)


def error_times_slope(error: Expr, slope: Expr) -> Expr:
    """Return the product in short; (a − y)·a·(1 − a), error first, where nothing of it cancels."""
    apart = build.product(*build.factors(error), *build.factors(slope))
    short = shortest(multiplied([error, slope]))
    return short if build.operations(short) < build.operations(apart) else apart


def common_denominator(node: Expr) -> Expr:
    """Return a tidy expression, its sums of fractions over one denominator where that is shorter.

    >>> from .expression import read_formula
    >>> common_denominator(tidy(read_formula("1/(1 - a) - y/a/(1 - a)").expression))
    (a - y)/(a*(1 - a))
    """
    return _everywhere(node, _one_fraction)


def _everywhere(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    parts = build.arguments(node)
    if not parts or build.is_condition(node):
        return node
    changed = [_everywhere(part, change) for part in parts]
    if any(new is not old for new, old in zip(changed, parts, strict=True)):
        node = tidy(build.rebuilt(node, changed))
    return change(node)


def _one_fraction(node: Expr) -> Expr:
    if not node.is_Add:
        return node
    split = [_above_and_below(term) for term in node.args]
    if not any(below for _, below in split):
        return node
    most: dict[str, tuple[Expr, Expr]] = {}
    for _, below in split:
        for same, (base, exponent) in below.items():
            if same not in most or most[same][1] < exponent:
                most[same] = (base, exponent)
    terms = []
    for above, below in split:
        missing = [
            raised(base, exponent - (below[same][1] if same in below else 0))
            for same, (base, exponent) in most.items()
        ]
        terms.append(multiplied([*above, *missing]))
    numerator = distributed(added(terms))
    bases = sorted(most.values(), key=lambda one: build.operations(one[0]))  # a(1 − a)
    denominator = [build.power(base, -exponent) for base, exponent in bases]
    fraction = multiplied([numerator, *denominator])
    return fraction if build.operations(fraction) < build.operations(node) else node


def _above_and_below(term: Expr) -> tuple[list[Expr], dict[str, tuple[Expr, Expr]]]:
    above, below = [], {}
    for factor in build.factors(term):
        if factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            below[key(factor.base)] = (factor.base, -factor.exp)
        else:
            above.append(factor)
    return above, below


def distributed(node: Expr) -> Expr:
    """Return a sum with its products multiplied out, positive terms first: a − y, not −y + a."""
    terms = node.args if node.is_Add else [node]
    if max(map(build.operations, terms)) > _MAX_EXPANDED:
        return node
    whole = added(part for term in terms for part in _distributed(term))
    return build.total(*sorted(whole.args, key=is_negative)) if whole.is_Add else whole


def without_common_factor(node: Expr) -> Expr:
    """Return a sum as a product, if all terms share a power of a name: a − a² is a(1 − a)."""
    if not node.is_Add:
        return node
    for name in sorted(node.free_symbols, key=str):
        powers = [_power_of(name, term) for term in node.args]
        if min(powers) > 0:
            shared = raised(name, min(powers))
            rest = [multiplied([raised(name, -min(powers)), term]) for term in node.args]
            return multiplied([shared, added(rest)])
    return node


def _power_of(name: Expr, term: Expr) -> Expr:
    for factor in build.factors(term):
        base, exponent = as_power(factor)
        if base == name and exponent.is_Integer:
            return exponent
    return ZERO


def _distributed(term: Expr) -> list[Expr]:
    """Return the terms that a product of sums is the sum of."""
    found: list[Expr] = [ONE]
    for factor in build.factors(term):
        base, exponent = as_power(factor)
        times = int(exponent) if base.is_Add and exponent in (1, 2, 3) else 1
        sum_ = base if base.is_Add and exponent in (1, 2, 3) else factor
        terms = sum_.args if sum_.is_Add else [sum_]
        if sum_.is_Add:
            terms = [part for one in terms for part in _distributed(one)]
        for _ in range(times):
            found = [multiplied([left, right]) for left in found for right in terms]
    return found
