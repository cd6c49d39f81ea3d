"""A tidy form of an expression: no zeros and ones, like terms and factors together.

Terms stay in their order; of factors, numbers come first and then names, as in −2x·exp(−x²).  Only
what holds for all real numbers at which the expression has a value is used; what x/x is at 0 is not
asked.
"""

from collections.abc import Iterable
from functools import lru_cache

import sympy

from . import building as build
from .building import MINUS_ONE, ONE, ZERO, Expr
from .functions import maximum, minimum, sigmoid, softplus
from .notation import decimals

_MAX_POWER = 10**30


@lru_cache(maxsize=20_000)
def key(node: Expr) -> str:
    """What two expressions share that differ only in the order of terms and factors."""
    parts = build.arguments(node)
    if not parts:
        return str(node)
    keys = [key(part) for part in parts]
    if node.is_Add or node.is_Mul or isinstance(node, maximum | minimum):
        keys.sort()
    return f"{node.func.__name__}({','.join(keys)})"


@lru_cache(maxsize=20_000)
def tidy(node: Expr) -> Expr:
    """Return the expression in tidy form.

    >>> from .expression import read_formula
    >>> tidy(read_formula("0*x + 2*x*x/x + x").expression)
    3*x
    """
    parts = build.arguments(node)
    if not parts or isinstance(node, sympy.Derivative):
        return node
    changed = [part if build.is_condition(part) else tidy(part) for part in parts]
    if node.is_Add:
        return added(changed)
    if node.is_Mul:
        return multiplied(changed)
    if node.is_Pow:
        return raised(*changed)
    if build.is_choice(node) and key(changed[1]) == key(changed[2]):
        return changed[1]
    return _known_form(build.rebuilt(node, changed))


def multiplied(factors: Iterable[Expr]) -> Expr:
    """Return the product of tidy factors in tidy form."""
    coefficient, rest = _split(factors)
    if coefficient.value == 0:
        return ZERO
    powers: dict[str, tuple[Expr, list[Expr]]] = {}
    for factor in rest:
        base, exponent = as_power(factor)
        powers.setdefault(key(base), (base, []))[1].append(exponent)
    kept = [raised(base, added(exponents)) for base, exponents in powers.values()]
    kept = _logistic(_without_inverse([factor for factor in kept if factor is not ONE]))
    if len(kept) == 1 and kept[0].is_Add and coefficient.value == MINUS_ONE:
        return added([multiplied([MINUS_ONE, term]) for term in kept[0].args])
    kept.sort(key=_place)
    return build.product(*[*coefficient.factors(), *kept]) if kept else coefficient.alone()


def _place(factor: Expr) -> int:
    """Which factors come first: numbers such as π and √2, names and their powers, all others."""
    base, exponent = as_power(factor)
    if base.is_Rational or base in (sympy.pi, sympy.E):
        return 0 if exponent.is_number else 2
    return 1 if base.is_Symbol else 2


class _Coefficient:
    """The number of a product, exactly, shown as decimals if such were written."""

    def __init__(self) -> None:
        self.value = ONE
        self.decimal = False

    def take(self, factor: Expr) -> bool:
        """Multiply by a factor if it is a number."""
        if factor.is_Rational:
            self.value, self.decimal = self.value * factor, self.decimal or factor.q != 1
            return True
        if not factor.is_Pow or not factor.base.is_Rational or factor.base is ZERO:
            return False
        if factor.exp is MINUS_ONE or (factor.base.q != 1 and abs(factor.exp) in (2, 3, 4)):
            self.value, self.decimal = self.value * factor.base**factor.exp, self.decimal
            return True
        return False

    def factors(self) -> list[Expr]:
        """What stands before the other factors."""
        if self.value.q == 1 or (self.decimal and decimals(self.value) is not None):
            return [] if self.value is ONE else [self.value]
        above = [] if self.value.p == 1 else [sympy.Integer(self.value.p)]
        return [*above, build.power(sympy.Integer(self.value.q), MINUS_ONE)]

    def alone(self) -> Expr:
        """The number itself."""
        return build.product(*self.factors()) if self.factors() else ONE


def _split(factors: Iterable[Expr]) -> tuple[_Coefficient, list[Expr]]:
    coefficient = _Coefficient()
    rest: list[Expr] = []

    def take(factor: Expr) -> None:
        if factor.is_Mul:
            for part in factor.args:
                take(part)
        elif not coefficient.take(factor):
            rest.append(factor)

    for factor in factors:
        take(factor)
    return coefficient, rest


def added(terms: Iterable[Expr]) -> Expr:
    """Return the sum of tidy terms in tidy form."""
    sums: dict[str | None, tuple[_Coefficient, list[Expr]]] = {}
    for term in (part for one in terms for part in (one.args if one.is_Add else [one])):
        coefficient, rest = _split([term])
        same = key(build.product(*rest)) if rest else None
        if same not in sums:
            sums[same] = (coefficient, rest)
        else:
            there = sums[same][0]
            there.value = there.value + coefficient.value
            there.decimal = there.decimal or coefficient.decimal
    kept = [
        build.product(*coefficient.factors(), *rest) if rest else coefficient.alone()
        for coefficient, rest in sums.values()
        if coefficient.value != 0
    ]
    return build.total(*kept) if kept else ZERO


def raised(base: Expr, exponent: Expr) -> Expr:
    """Return a tidy base to a tidy exponent in tidy form."""
    if exponent is ZERO:
        return ONE
    if exponent is ONE:
        return base
    if base.is_Integer and exponent.is_Integer and abs(exponent) < 64:
        size = sympy.Integer(base) ** abs(exponent)
        if abs(size) < _MAX_POWER and base:
            return size if exponent > 0 else build.power(size, MINUS_ONE)
    if exponent.is_Integer and base.is_Mul:
        return multiplied([raised(factor, exponent) for factor in base.args])
    if exponent.is_Integer and base.is_Pow and base.exp.is_Rational:
        return raised(base.base, base.exp * exponent)
    inner = _exponent(base)
    if inner is not None and exponent.is_Integer and exponent < 0:
        return raised(sigmoid(multiplied([MINUS_ONE, inner])), -exponent)
    return build.power(base, exponent)


def _known_form(node: Expr) -> Expr:
    """Return log(1 + eᵘ) as softplus(u), and a function of it by that name."""
    if isinstance(node, sympy.log):
        inner = _exponent(node.args[0])
        if inner is not None:
            return softplus(inner)
    return node


def _exponent(node: Expr) -> Expr | None:
    """The u of 1 + eᵘ."""
    if node.is_Add and len(node.args) == 2 and ONE in node.args:
        other = node.args[1] if node.args[0] is ONE else node.args[0]
        return other.args[0] if isinstance(other, sympy.exp) else None
    return None


def _without_inverse(factors: list[Expr]) -> list[Expr]:
    """Return the factors without those eᵘ whose product is 1."""
    found = [factor for factor in factors if isinstance(as_power(factor)[0], sympy.exp)]
    if len(found) < 2:
        return factors
    powers = [multiplied([as_power(f)[1], as_power(f)[0].args[0]]) for f in found]
    return [f for f in factors if f not in found] if added(powers) is ZERO else factors


def _logistic(factors: list[Expr]) -> list[Expr]:
    """Write eᵘ σ(−u) as σ(u), and σ(u) σ(−u) as s(1 − s), s the one without the sign."""
    powers = {key(base): (base, exponent) for base, exponent in map(as_power, factors)}
    for factor in factors:
        base, exponent = as_power(factor)
        if not (isinstance(base, sigmoid) and exponent.is_Integer and exponent > 0):
            continue
        opposite = multiplied([MINUS_ONE, base.args[0]])
        if opposite is ZERO:
            continue
        exponential, above = powers.get(key(sympy.exp(opposite, evaluate=False)), (None, ZERO))
        if exponential is not None and above.is_Integer and above > 0:
            taken = min(above, exponent)
            replacing = {
                exponential: [raised(exponential, above - taken)],
                base: [raised(sigmoid(opposite), taken), raised(base, exponent - taken)],
            }
            return _logistic(_without_ones(factors, replacing))
        if key(sigmoid(opposite)) in powers and not is_negative(base.args[0]):
            other = powers[key(sigmoid(opposite))][0]
            rest = added([ONE, multiplied([MINUS_ONE, base])])
            pair = [factor, raised(rest, powers[key(other)][1])]
            return _without_ones(factors, {base: pair, other: []})
    return factors


def as_power(factor: Expr) -> tuple[Expr, Expr]:
    """Base and exponent of a factor, which may be no power."""
    return (factor.base, factor.exp) if factor.is_Pow else (factor, ONE)


def _without_ones(factors: list[Expr], replacing: dict[Expr, list[Expr]]) -> list[Expr]:
    """Return the factors with others in place of the powers of some bases."""
    made = [part for f in factors for part in replacing.get(as_power(f)[0], [f])]
    return [part for part in made if part is not ONE]


def is_negative(node: Expr) -> bool:
    """Whether an expression begins with a minus."""
    while node.is_Mul or node.is_Add:
        node = node.args[0]
    return bool(node.is_Rational and node < 0)
