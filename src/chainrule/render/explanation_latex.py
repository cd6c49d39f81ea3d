"""Opened gradients as LaTeX, to be pasted into a document that loads amsmath."""

from collections.abc import Sequence

from ..factors import Explanation, Factor, Path
from . import explanation_words as words
from .notation import latex, latex_text

A_LINE = 5  # factors of a product before it goes on in the next line


def explanations_latex(explanations: Sequence[Explanation], shown: int) -> str:
    """Return each gradient, the factors of its largest path, and the sum over paths."""
    parts = ["% needs \\usepackage{amsmath}"]
    for opened in explanations:
        parts += [_first_path(opened), _sum(opened, shown)]
    return "\n".join(filter(None, parts))


def _first_path(opened: Explanation) -> str:
    path = words.chained(opened)
    return _aligned([_factor(factor) for factor in path.factors]) if path else ""


def _factor(factor: Factor) -> str:
    said = factor.formula and factor.formula != _number(factor.value)  # a bias's 1 is its number
    formula = f"{latex(factor.formula)} = " if said else ""
    name, source = latex(factor.name), latex_text(factor.source)
    return rf"{name} &= {formula}{_number(factor.value)} && \text{{{source}}}"


def _sum(opened: Explanation, shown: int) -> str:
    lines = [line for k, path in enumerate(opened.paths[:shown], 1) for line in _product(path, k)]
    terms = [f"p_{{{k}}}" for k in range(1, len(opened.paths[:shown]) + 1)]
    folded = opened.paths[shown:]
    count = len(folded) + opened.folded.count
    if count:
        rest = sum(path.value for path in folded) + opened.folded.value
        lines.append(rf"r &= {_number(rest)} && \text{{{words.many(count, 'path')} more}}")
        terms.append("r")
    value = _number(opened.value)
    lines.append(f"{latex(f'∂J/∂{opened.weight}')} &= {' + '.join(terms) or '0'} = {value}")
    lines.append(rf"&\phantom{{=}} {_number(opened.gradient)} && \text{{by the backward pass}}")
    return _aligned(lines)


def _product(path: Path, number: int) -> list[str]:
    """Return a path as partial derivatives, then as numbers."""
    names = _broken([latex(factor.name) for factor in path.factors])
    values = _broken([_number(factor.value, 3, brackets=True) for factor in path.factors])
    row = rf" && \text{{{latex_text(path.row)}}}" if path.row else ""
    names[0] = f"p_{{{number}}} &= {names[0]}{row}"
    values[0] = f"&= {values[0]}"
    values[-1] += f" = {_number(path.value)}"
    return names + values


def _broken(factors: Sequence[str]) -> list[str]:
    r"""Join factors by \cdot, in lines of at most A_LINE."""
    rows = [factors[at : at + A_LINE] for at in range(0, len(factors), A_LINE)]
    lines = [r" \cdot ".join(row) for row in rows]
    return [line if k == 0 else rf"&\quad \cdot {line}" for k, line in enumerate(lines)]


def _number(value: float, digits: int = 6, brackets: bool = False) -> str:
    mantissa, _, exponent = f"{value + 0.0:.{digits}g}".partition("e")
    text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
    return f"({text})" if brackets and (value < 0 or exponent) else text


def _aligned(lines: Sequence[str]) -> str:
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"
