from chainrule.derivation.targets import NUMPY
from chainrule.onnx_formulas import OPERATIONS


def test_every_operation_of_formulas_has_its_nodes() -> None:
    """`test_onnx_export` computes them."""
    assert set(NUMPY.texts) <= OPERATIONS
