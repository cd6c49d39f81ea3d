"""The rules of one layer: forward, its delta, its gradients, at one element and for all."""

from ..derivation import building as build
from ..derivation.building import ONE, Expr
from ..derivation.simplify import key, tidy
from ..derivation.sums import matrix_product, summed, transposed
from . import softmax
from .architecture import ActivationRule, Architecture
from .elements import (
    AFTER,
    BEFORE,
    N_ROWS,
    ROW,
    ROWS,
    array,
    at,
    element,
    everywhere,
    of_rows,
    partial,
)
from .record import Equal, LayerRules, Rule


def layer_rules(architecture: Architecture, layer: int) -> LayerRules:
    """Return the rules of a layer, counted from 1."""
    n_before, n_units = architecture.shape(layer)
    last = layer == architecture.n_layers
    activation = architecture.output if last else architecture.hidden[layer - 1]
    da = _by_the_loss(architecture, layer) if last else _by_the_layer_after(architecture, layer)
    return LayerRules(
        number=layer,
        n_before=n_before,
        n_units=n_units,
        activation=activation,
        z=_net_input(layer, n_before, n_units),
        a=_activation(activation, layer, n_units),
        da=da,
        dz=_delta(architecture, activation, da, layer),
        dW=_of_weights(layer, n_before, n_units),
        db=_of_biases(layer, n_units),
    )


def _net_input(layer: int, n_before: int, n_units: int) -> Rule:
    term = build.product(element("a", layer - 1, "i"), element("W", layer, "i", "j"))
    one = build.total(element("b", layer, "j"), summed(term, BEFORE))
    ranges = f"{_range('i', n_before)}, {_range('j', n_units)}"
    of_all = build.total(
        matrix_product(array("a", layer - 1), array("W", layer)), array("b", layer)
    )
    return _forward("z", layer, (Equal(one, ranges),), of_all, n_units)


def _range(index: str, count: int) -> str:
    return f"{index} = 0…{count - 1}" if count > 1 else f"{index} = 0"


def _activation(rule: ActivationRule | None, layer: int, n_units: int) -> Rule:
    if rule is None:
        one, of_all = softmax.softmax(layer)
    else:
        one, of_all = at(rule.formula, layer, "j"), everywhere(rule.formula, layer)
    return _forward("a", layer, (Equal(one),), of_all, n_units)


def _forward(name: str, layer: int, lines: tuple[Equal, ...], of_all: Expr, n_units: int) -> Rule:
    of = str(element(name, layer, "j"))
    return Rule(of, lines, f"{name}{layer}", of_all, of_rows(of_all), ("n", n_units))


def _backward(name: str, layer: int, lines: tuple[Equal, ...], of_all: Expr, n_units: int) -> Rule:
    of = str(partial("J", element(name, layer, "j")))
    return Rule(of, lines, f"d{name}{layer}", of_all, of_rows(of_all), ("n", n_units))


def _by_the_loss(architecture: Architecture, layer: int) -> Rule:
    by_a = architecture.loss.by_a
    of_all = everywhere(by_a, layer)
    return _backward("a", layer, (Equal(at(by_a, layer, "j")),), of_all, architecture.sizes[-1])


def _by_the_layer_after(architecture: Architecture, layer: int) -> Rule:
    a, after = element("a", layer, "j"), element("z", layer + 1, "k")
    error, W = partial("J", after), element("W", layer + 1, "j", "k")
    lines = (
        Equal(
            summed(build.product(error, partial(after, a)), AFTER),
            _range("k", architecture.sizes[layer + 1]),
            is_chain_rule=True,
        ),
        Equal(
            summed(build.product(error, W), AFTER),
            f"in `{after}` the factor of `{a}` is `{W}`",
        ),
    )
    of_all = matrix_product(array("dz", layer + 1), transposed(array("W", layer + 1)))
    return _backward("a", layer, lines, of_all, architecture.sizes[layer])


def _delta(architecture: Architecture, rule: ActivationRule | None, da: Rule, layer: int) -> Rule:
    n_units = architecture.sizes[layer]
    if rule is None:
        return _backward("z", layer, *softmax.delta(architecture.loss, layer), n_units)
    a, z = element("a", layer, "j"), element("z", layer, "j")
    opened = build.product(partial("J", a), partial(a, z))
    product = _times(da.element, at(rule.slope, layer, "j"))
    lines = [Equal(opened, is_chain_rule=True), Equal(product)]
    of_all = _times(da.for_row, everywhere(rule.slope, layer))
    if layer == architecture.n_layers:
        assert architecture.delta is not None
        short = at(architecture.delta, layer, "j")
        if key(short) != key(tidy(product)):
            lines.append(Equal(short, "shortened"))
        of_all = everywhere(architecture.delta, layer)
    return _backward("z", layer, tuple(lines), of_all, n_units)


def _times(one: Expr, slope: Expr) -> Expr:
    """One times the factors of a slope, a number first."""
    factors = slope.args if slope.is_Mul else [slope]
    numbers = [factor for factor in factors if factor.is_Rational and factor is not ONE]
    return build.product(*numbers, one, *(part for part in factors if not part.is_Rational))


def _of_weights(layer: int, n_before: int, n_units: int) -> Rule:
    W, before = element("W", layer, "i", "j"), element("a", layer - 1, "i")
    z = element("z", layer, "j")
    error = partial("J", z)
    lines = (
        Equal(build.product(error, partial(z, W)), is_chain_rule=True),
        Equal(build.product(before, error), f"in `{z}` the factor of `{W}` is `{before}`"),
    )
    of_all = matrix_product(transposed(array("a", layer - 1)), array("dz", layer))
    of_row = build.product(of_rows(element("a", layer - 1, "r", "i")), _delta_of_row(layer))
    return _gradient(W, lines, of_all, (of_rows(of_all), of_row), (n_before, n_units))


def _of_biases(layer: int, n_units: int) -> Rule:
    b, z = element("b", layer, "j"), element("z", layer, "j")
    error = partial("J", z)
    lines = (
        Equal(build.product(error, partial(z, b)), is_chain_rule=True),
        Equal(error, f"in `{z}` the factor of `{b}` is 1"),
    )
    of_all = array("dz", layer)
    sums = (summed(of_all, ROWS), _delta_of_row(layer))
    return _gradient(b, lines, of_all, sums, (n_units,))


def _delta_of_row(layer: int) -> Expr:
    return partial("ℓ", element("z", layer, "r", "j"))


def _gradient(
    weight: Expr,
    lines: tuple[Equal, ...],
    of_all: Expr,
    sums: tuple[Expr, Expr],
    sizes: tuple[int, ...],
) -> Rule:
    """A gradient, which for n rows is the mean of what each row gives."""
    over_rows, of_row = sums
    return Rule(
        of=str(partial("J", weight)),
        lines=lines,
        name=f"d{str(weight).partition('[')[0]}",
        for_row=of_all,
        for_rows=build.quotient(over_rows, N_ROWS),
        shape=sizes,
        mean=build.quotient(summed(of_row, ROW), N_ROWS),
    )
