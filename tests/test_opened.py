import numpy as np
import pytest

from chainrule.activations import ACTIVATIONS
from chainrule.cases import Case
from chainrule.links import Dropout
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.opened import OpenedRows
from chainrule.parameters import Parameters
from chainrule.routes import Route


def opened(output: str = "softmax", dropout: tuple[Dropout, ...] = ()) -> OpenedRows:
    random = np.random.default_rng(0)
    network = Network((2, 3, 2), (ACTIVATIONS["logistic"],), output, LOSSES["huber"])
    parameters = Parameters.zeros((2, 3, 2))
    parameters.flat[:] = random.normal(size=17)
    return OpenedRows(
        Case(network, parameters, random.normal(size=(4, 2)), np.eye(2)[[0, 1, 1, 0]]), dropout
    )


def test_the_stages_lead_from_the_first_pre_activation_to_the_prediction() -> None:
    names = [(stage.source, stage.target) for stage in opened().stages]
    assert names == [("z1", "a1"), ("a1", "z2"), ("z2", "a2")]
    dropped = opened(dropout=(Dropout(0.5, 1, 1),)).stages
    names = [(stage.source, stage.target) for stage in dropped]
    assert names == [("z1", "a1"), ("a1", "d1"), ("d1", "z2"), ("z2", "a2")]
    assert [stage.source for stage in opened().after(2)] == ["z2"]


def test_the_derivative_of_softmax_is_the_complex_steps() -> None:
    rows = opened()
    z = rows.case.network.layer_values(rows.case.parameters, rows.case.X)[0][-1]
    softmax = rows.case.network.output_link()
    for unit in range(2):
        moved = z.astype(complex)
        moved[:, unit] += 1e-30j
        expected = softmax.forward(moved)[0].imag / 1e-30
        np.testing.assert_allclose(rows.stages[-1].local[:, unit, :], expected, rtol=1e-12)


def test_factors_are_named_with_their_indices_and_hold_their_numbers() -> None:
    rows = opened("identity")
    found = rows.factors(Route(3, (1, 1, 0, 0)), layer=1)
    assert [factor.name for factor in found] == [
        "∂J/∂ℓ", "∂ℓ/∂a2[0]", "∂a2[0]/∂z2[0]", "∂z2[0]/∂a1[1]", "∂a1[1]/∂z1[1]",
    ]  # fmt: skip
    a = rows.case.network.layer_values(rows.case.parameters, rows.case.X)[1]
    assert found[3].value == rows.case.parameters.W[1][1, 0]
    assert found[4].value == pytest.approx(a[0][3, 1] * (1 - a[0][3, 1]))
    assert found[4].formula == "a(1 − a)"
    assert rows.incoming(2, "W", (1, 0)).tolist() == a[0][:, 1].tolist()
    assert rows.incoming(2, "b", (0,)).tolist() == [1.0] * 4
