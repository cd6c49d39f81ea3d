"""The names of elements and arrays in update rules: W2[j, k], ∂J/∂z2[k], dz2."""

from ..derivation.building import Expr, replaced
from ..derivation.grammar import symbol
from .architecture import A, Y, Z

BEFORE, UNIT, AFTER, OTHER = (symbol(name) for name in "ijkm")
"""The indices: of a unit before, of the layer's own, of one after, of any output."""
N_ROWS, ROW, ROWS, OUTPUTS = (symbol(name) for name in ("n", "r", "rows", "outputs"))
"""The number of rows, the index of one; what sums over whole arrays run over."""


def element(name: str, layer: int, *indices: str) -> Expr:
    """An element of a layer's array; layer 0 has the inputs.

    >>> element("W", 2, "j", "k"), element("a", 0, "i")
    (W2[j, k], x[i])
    """
    return symbol(f"{_array_name(name, layer)}[{', '.join(indices)}]")


def array(name: str, layer: int) -> Expr:
    """A layer's array, (1, units) for one row; layer 0 has the inputs."""
    return symbol(_array_name(name, layer))


def of_rows(expression: Expr) -> Expr:
    """An expression in the arrays of one row for n rows: X and Y in place of x and y."""
    names = {old: str(old) for old in expression.free_symbols}
    return replaced(
        expression,
        {old: symbol(name[0].upper() + name[1:]) for old, name in names.items() if name[0] in "xy"},
    )


def partial(of: Expr | str, by: Expr) -> Expr:
    """The name of a partial derivative.

    >>> partial("J", element("z", 2, "k"))
    ∂J/∂z2[k]
    """
    return symbol(f"∂{of}/∂{by}")


def at(expression: Expr, layer: int, index: str) -> Expr:
    """A formula in a, z and y at one unit of a layer.

    >>> at(A - Y, 2, "j")
    a2[j] - y[j]
    """
    names = {A: element("a", layer, index), Z: element("z", layer, index)}
    return replaced(expression, names | {Y: symbol(f"y[{index}]")})


def everywhere(expression: Expr, layer: int) -> Expr:
    """A formula in a, z and y at all units of a layer at once; the targets' array is y too."""
    return replaced(expression, {A: array("a", layer), Z: array("z", layer)})


def _array_name(name: str, layer: int) -> str:
    return "x" if name == "a" and layer == 0 else f"{name}{layer}"
