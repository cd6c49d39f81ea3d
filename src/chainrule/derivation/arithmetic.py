"""The rules for sums, products and powers: each is None for what it does not apply to."""

import sympy

from . import building as build
from .applied import Applied, U, chained, slope, times
from .building import HALF, MINUS_ONE, ONE, ZERO, Expr
from .simplify import tidy


def constant(node: Expr, by: Expr) -> Applied | None:
    """c′ = 0."""
    return None if by in node.free_symbols else Applied("c′ = 0", ZERO)


def variable(node: Expr, by: Expr) -> Applied | None:
    """x′ = 1."""
    return Applied(f"{by}′ = 1", ONE) if node == by else None


def linear_function(node: Expr, by: Expr) -> Applied | None:
    """(c·x + d)′ = c."""
    steepness = _steepness(node, by)
    return None if steepness is None else Applied(f"(c·{by} + d)′ = c", steepness)


def _steepness(node: Expr, by: Expr) -> Expr | None:
    """The c of c·x + d, None if a node is not of this form."""
    if node == by or by not in node.free_symbols:
        return ONE if node == by else ZERO
    if node.is_Add:
        found = [_steepness(term, by) for term in node.args]
        return None if None in found else tidy(build.total(*found))
    if not node.is_Mul:
        return None
    varying = [factor for factor in node.args if by in factor.free_symbols]
    inner = _steepness(varying[0], by) if len(varying) == 1 else None
    if inner is None:
        return None
    return tidy(build.product(*(inner if f is varying[0] else f for f in node.args)))


def sum_rule(node: Expr, by: Expr) -> Applied | None:
    """(u + v)′ = u′ + v′."""
    if not node.is_Add:
        return None
    kept = [slope for slope in (slope(term, by) for term in node.args) if slope is not ZERO]
    return Applied("(u + v)′ = u′ + v′", build.total(*kept))


def constant_factor(node: Expr, by: Expr) -> Applied | None:
    """(c·u)′ = c·u′."""
    if not node.is_Mul:
        return None
    fixed = [factor for factor in node.args if by not in factor.free_symbols]
    if not fixed:
        return None
    rest = build.product(*(factor for factor in node.args if by in factor.free_symbols))
    opened = times(*fixed, slope(rest, by))
    return Applied("(c·u)′ = c·u′", opened, {"c": build.product(*fixed), "u": rest})


def quotient_rule(node: Expr, by: Expr) -> Applied | None:
    """(u/v)′ = (u′·v − u·v′)/v²."""
    if not node.is_Mul:
        return None
    divisors = [f for f in node.args if f.is_Pow and f.exp.is_Rational and f.exp < 0]
    above = [f for f in node.args if f not in divisors]
    if not divisors or not above:
        return None
    u = build.product(*above)
    v = build.product(
        *(f.base if f.exp is MINUS_ONE else build.power(f.base, -f.exp) for f in divisors)
    )
    opened = build.quotient(
        build.total(times(slope(u, by), v), build.negative(times(u, slope(v, by)))),
        build.power(v, sympy.Integer(2)),
    )
    return Applied("(u/v)′ = (u′·v − u·v′)/v²", opened, {"u": u, "v": v})


def product_rule(node: Expr, by: Expr) -> Applied | None:
    """Each factor's derivative times all the others, summed."""
    if not node.is_Mul:
        return None
    factors = node.args
    terms = []
    for place, factor in enumerate(factors):
        terms.append(times(*factors[:place], slope(factor, by), *factors[place + 1 :]))
    if len(factors) == 2:
        names, says = "uv", "(u·v)′ = u′·v + u·v′"
    elif len(factors) == 3:
        names, says = "uvw", "(u·v·w)′ = u′·v·w + u·v′·w + u·v·w′"
    else:
        names, says = "", "each factor's derivative times all the others, summed"
    parts = dict(zip(names, factors, strict=False))
    return Applied(says, build.total(*terms), parts)


def reciprocal(node: Expr, by: Expr) -> Applied | None:
    """(1/u)′ = −1/u² · u′."""
    if not (node.is_Pow and node.exp is MINUS_ONE):
        return None
    outer = build.power(U, MINUS_ONE)
    rate = build.negative(build.power(U, sympy.Integer(-2)))
    return chained("(1/u)′ = −1/u² · u′", outer, rate, node.base, by)


def power_rule(node: Expr, by: Expr) -> Applied | None:
    """(uⁿ)′ = n·uⁿ⁻¹ · u′."""
    if not node.is_Pow or by in node.exp.free_symbols or node.exp == HALF:
        return None
    n = node.exp
    lower = n - 1 if n.is_Rational else build.total(n, MINUS_ONE)
    rate = times(n, U if lower is ONE else build.power(U, lower))
    says = "(uⁿ)′ = n·uⁿ⁻¹" + (" · u′" if node.base != by else "")
    applied = chained(says, build.power(U, n), rate, node.base, by)
    applied.parts["n"] = n
    return applied


def exponential(node: Expr, by: Expr) -> Applied | None:
    """(cᵘ)′ = cᵘ·log(c) · u′."""
    if not node.is_Pow or by in node.base.free_symbols:
        return None
    outer = build.power(node.base, U)
    rate = times(outer, sympy.log(node.base, evaluate=False))
    says = "(cᵘ)′ = cᵘ·log(c)" + (" · u′" if node.exp != by else "")
    applied = chained(says, outer, rate, node.exp, by)
    applied.parts["c"] = node.base
    return applied


def general_power(node: Expr, by: Expr) -> Applied | None:
    """(uᵛ)′ = uᵛ·(v′·log(u) + v·u′/u), as uᵛ = exp(v·log(u))."""
    if not node.is_Pow or node.exp == HALF:
        return None
    u, v = node.base, node.exp
    inside = build.total(
        times(slope(v, by), sympy.log(u, evaluate=False)),
        build.quotient(times(v, slope(u, by)), u),
    )
    says = "(uᵛ)′ = uᵛ·(v′·log(u) + v·u′/u), as uᵛ = exp(v·log(u))"
    return Applied(says, build.product(node, inside), {"u": u, "v": v})
