"""Sentences and numbers about an opened gradient, the same in every form of output."""

from ..factors import Explanation, Factor, LayerFactor, Path
from ..reports import ExplainReport
from ..words import counted

CAUSES = {
    "large input": "large input: scale it",
    "dead": "dead: slope 0",
    "saturated": "saturated: slope near 0",
    "large error": "large error: scale the target",
    "dropped": "dropped in this step",
}


def number(factor: Factor) -> str:
    """Return a factor's number for a column."""
    return f"{factor.value:.4f}" if 1e-3 <= abs(factor.value) < 1e6 else f"{factor.value:.4g}"


def many(count: int, thing: str) -> str:
    """Return a number of things, its thousands set apart."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def signed(value: float, opened: Explanation) -> str:
    """Return a summand with its sign, to the digits that the sum is shown with."""
    value += 0.0  # no minus before a zero
    largest = max(map(abs, (opened.value, *(path.value for path in opened.paths))))
    return f"{value:+.6f}" if 1e-3 <= largest < 1e6 else f"{value:+.6g}"


def product(path: Path) -> str:
    """Return a path as a product of numbers."""
    return " × ".join(f"{factor.value:.3g}" for factor in path.factors)


def penalized(opened: Explanation) -> bool:
    """Whether the penalty's derivative is one of the paths."""
    return any(path.factors[0].name == "∂J/∂P" for path in opened.paths)


def title(opened: Explanation) -> str:
    """Return the gradient and its number."""
    return f"∂J/∂{opened.weight} = {opened.gradient:.6g}"


def sentence(opened: Explanation) -> str:
    """Say what kind of sum it is."""
    paths = many(opened.n_paths, "path")
    rows = f" of {counted(opened.n_rows, 'row')}" if opened.n_rows > 1 else ""
    if opened.n_paths == 1:
        return "One path leads to it; factor by factor, the loss first:"
    return (
        f"A sum over {paths}{rows}, each a product of local derivatives. The {largest(opened)}, "
        "factor by factor, the loss first:"
    )


def largest(opened: Explanation) -> str:
    """Say which path is shown factor by factor: the penalty's has no links of the chain."""
    return "largest" if ranked(opened)[:1] == [chained(opened)] else "largest through the network"


def ranked(opened: Explanation) -> list[Path]:
    """Return the listed paths, the largest first."""
    return sorted(opened.paths, key=lambda path: -abs(path.value))


def chained(opened: Explanation) -> Path | None:
    """Return the largest path through the network, not the penalty's."""
    paths = ranked(opened)
    through = [path for path in paths if path.factors[0].name != "∂J/∂P"]
    return next(iter(through or paths), None)


def origin(path: Path) -> str:
    """Name a path by its row and the units that it passes, the loss's first."""
    names = [factor.name.removeprefix("∂") for factor in path.factors]
    onward = [name.split("/∂")[0] for name in names if name[0] == "z"][:-1]  # its own is shared
    error = next((f for f in path.factors if not f.name.startswith("∂J/∂ℓ")), path.factors[0])
    way = f"by {', '.join(onward)}" if len(onward) > 1 else f"by {error.name}"
    return f"{path.row}, {way}" if path.row else way


def agreement(opened: Explanation) -> str:
    """Say whether the sum is the gradient of the backward pass."""
    difference = abs(opened.value - opened.gradient)
    if opened.agrees:
        share = difference / opened.size if opened.size else 0.0
        most = f"{opened.tolerance:.0e}"
        return f"The two agree: they differ by {share:.1g} of Σ |paths|; up to {most} is rounding."
    return f"The two differ by {difference:.3g}, more than rounding explains."


def layers_title(opened: Explanation) -> str:
    """Say what the table of kinds of factors is."""
    return f"Why that size: the kinds of factors, whose product is |∂ℓ/∂{opened.weight}|"


def layer_numbers(layer: LayerFactor) -> str:
    """Say of how many numbers a kind of factor is the mean, and how many are 0."""
    if not layer.count:
        return ""
    return f"{layer.count}, {layer.zeros} zero" if layer.zeros else f"{layer.count}"


def cause(layer: LayerFactor) -> str:
    """Say why a kind of factor makes the gradient small or large."""
    return CAUSES.get(layer.cause, layer.cause)


def place(report: ExplainReport) -> str:
    """Say which rows J is over."""
    rows = report.place or counted(report.n_rows, "row")
    return f"{rows} of {report.data}" if report.data else f"{rows}, kept with the model"


def network(report: ExplainReport) -> str:
    """Say which network it is."""
    layers = report.network.layers
    sizes = "-".join(map(str, [layers[0].n_inputs, *(layer.n_outputs for layer in layers)]))
    hidden = dict.fromkeys(layer.activation for layer in layers[:-1])
    names = f"{', '.join(hidden)}; " if hidden else ""
    return f"{sizes}, {names}{layers[-1].activation} output"


def objective(report: ExplainReport) -> str:
    """Say what J is."""
    mean = "the loss of that row" if report.n_rows == 1 else "the mean loss of those rows"
    penalty = ""
    if report.network.alpha:
        strength = "α" if report.n_rows == 1 else f"α/{report.n_rows}"
        penalty = f", and {strength} P, P = ½ Σ W², α = {report.network.alpha:g}"
    return f"{mean}, {report.network.loss_formula}{penalty}"
