"""What derivations of networks have and formulas have not: sums over an index, and matrices."""

from .functions import OwnFunction


class ArrayFunction(OwnFunction):
    """A function that no formula can call, by its class's name."""


class summed(ArrayFunction):  # noqa: N801 - functions are written small
    """Its first argument, added up over all values of the second, an index."""


class matrix_product(ArrayFunction):  # noqa: N801
    """The rows of the first argument times the columns of the second."""


class transposed(ArrayFunction):  # noqa: N801
    """Rows and columns exchanged."""
