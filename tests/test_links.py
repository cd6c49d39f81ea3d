from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix

from chainrule.activations import ACTIVATIONS
from chainrule.chain import Array, Link
from chainrule.links import Affine, Dropout, Elementwise, LossSum, Softmax
from chainrule.losses import FUSED, LOSSES

STEP = 1e-30


def along(link: Link, x: Array, direction: Array) -> Array:
    """Directional derivative of the link's forward, by the complex step."""
    y: Any = link.forward(x + 1j * STEP * direction)[0]
    return np.imag(y) / STEP


def assert_inner_products_agree(link: Link, x: Array, random: np.random.Generator) -> None:
    """⟨v, J u⟩ = ⟨pullback(v), u⟩ for random u and v."""
    y, saved = link.forward(x)
    u = random.normal(size=x.shape)
    v = random.normal(size=np.shape(y))
    dx, _ = link.pullback(saved, v)
    assert np.sum(dx * u) == pytest.approx(np.sum(v * along(link, x, u)), rel=1e-9, abs=1e-11)


shapes = st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(1, 5))


@given(shapes, st.integers(0, 2**32 - 1))
def test_affine(shape: tuple[int, int, int], seed: int) -> None:
    rows, n_in, n_out = shape
    random = np.random.default_rng(seed)
    x, W, b = (
        random.normal(size=(rows, n_in)),
        random.normal(size=(n_in, n_out)),
        random.normal(size=n_out),
    )
    assert_inner_products_agree(Affine(W, b), x, random)
    v, dWu, dbu = (
        random.normal(size=(rows, n_out)),
        random.normal(size=W.shape),
        random.normal(size=b.shape),
    )
    dx, (dW, db) = Affine(W, b).pullback(x, v)
    assert (dx.shape, dW.shape, db.shape) == (x.shape, W.shape, b.shape)  # type: ignore[union-attr]
    moved = Affine(W + 1j * STEP * dWu, b + 1j * STEP * dbu).forward(x)[0].imag / STEP
    assert np.sum(dW * dWu) + np.sum(db * dbu) == pytest.approx(np.sum(v * moved), abs=1e-11)


def test_affine_by_hand() -> None:
    affine = Affine(np.array([[2.0], [3.0]]), np.array([1.0]))
    z, saved = affine.forward(np.array([[1.0, 10.0], [0.5, 0.0]]))
    assert z.tolist() == [[33.0], [2.0]]
    dx, (dW, db) = affine.pullback(saved, np.array([[10.0], [1.0]]))
    assert dx is not None
    assert dx.tolist() == [[20.0, 30.0], [2.0, 3.0]]
    assert dW.tolist() == [[10.5], [100.0]]
    assert db.tolist() == [11.0]


def test_affine_writes_where_it_is_told_and_leaves_data_alone() -> None:
    dW, db = np.full((2, 1), np.nan), np.full(1, np.nan)
    affine = Affine(np.ones((2, 1)), np.zeros(1), dW, db, of_data=True)
    dx, (dW_out, db_out) = affine.pullback(np.ones((3, 2)), np.ones((3, 1)))
    assert dx is None
    assert dW_out is dW
    assert db_out is db
    assert dW.tolist() == [[3.0], [3.0]]


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@given(st.integers(0, 2**32 - 1))
def test_elementwise(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    x = random.normal(scale=3.0, size=(4, 3))
    assert_inner_products_agree(Elementwise(ACTIVATIONS[name]), x, random)


def test_softmax() -> None:
    random = np.random.default_rng(3)
    z = random.normal(scale=3.0, size=(4, 5))
    y, saved = Softmax().forward(z)
    np.testing.assert_allclose(y.sum(axis=1), 1.0)
    v = random.normal(size=z.shape)
    dz, _ = Softmax().pullback(saved, v)
    for row in range(len(z)):
        jacobian = np.diag(y[row]) - np.outer(y[row], y[row])
        np.testing.assert_allclose(dz[row], jacobian @ v[row], atol=1e-15)
    huge, _ = Softmax().forward(np.array([[1000.0, 0.0, -1000.0]]))
    assert huge.tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize("loss", [*LOSSES.values(), *FUSED.values()], ids=lambda loss: loss.formula)
def test_the_loss_link_sums_over_rows_and_scales_by_the_cotangent(loss: Any) -> None:
    random = np.random.default_rng(5)
    prediction = random.uniform(0.1, 0.9, size=(4, 3))
    target = np.eye(3)[[0, 2, 1, 1]]
    link = LossSum(loss, target)
    total, saved = link.forward(prediction)
    assert total == pytest.approx(loss.value(prediction, target).sum())
    once, twice = link.pullback(saved, 1.0)[0], link.pullback(saved, 2.0)[0]
    np.testing.assert_array_equal(2 * once, twice)


def test_weights_of_rows_multiply_their_losses_and_error_signals() -> None:
    random = np.random.default_rng(6)
    prediction, target = random.normal(size=(2, 4, 3))
    weight = np.array([0.0, 1.0, 2.5, 3.0])
    for loss in (LOSSES["half_squared_error"], LOSSES["huber"]):
        link, rows = LossSum(loss, target, weight), loss.value(prediction, target)
        total, saved = link.forward(prediction)
        assert total == pytest.approx(rows @ weight, rel=1e-14)
        assert_inner_products_agree(link, prediction, random)
        signal, _ = link.pullback(saved, 1.0)
        np.testing.assert_array_equal(signal[0], 0.0)


@pytest.mark.parametrize("kind", [csr_array, csr_matrix])
def test_sparse_rows_give_what_dense_rows_give(kind: Any) -> None:
    random = np.random.default_rng(7)
    x = random.normal(size=(5, 4)) * (random.random((5, 4)) > 0.6)
    W, b, dz = random.normal(size=(4, 3)), random.normal(size=3), random.normal(size=(5, 3))
    dense, sparse = Affine(W, b, of_data=True), Affine(W, b, np.empty((4, 3)), of_data=True)
    z, saved = sparse.forward(kind(x))
    np.testing.assert_allclose(z, dense.forward(x)[0], rtol=1e-14)
    _, (dW, db) = sparse.pullback(saved, dz)
    assert dW is sparse.dW
    np.testing.assert_allclose(dW, x.T @ dz, rtol=1e-13)
    np.testing.assert_allclose(Affine(W, b, of_data=True).pullback(saved, dz)[1][0], dW)
    np.testing.assert_allclose(db, dz.sum(axis=0))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_dropout_keeps_the_mean_and_sends_back_what_it_let_through(share: float) -> None:
    a = np.ones((2000, 10))
    link = Dropout(share, seed=3, layer=1)
    dropped, mask = link.forward(a)
    assert set(np.unique(dropped)) <= {0.0, 1 / (1 - share)}
    assert (dropped == 0).mean() == pytest.approx(share, abs=0.02)
    assert dropped.mean() == pytest.approx(1.0, abs=0.05)
    dx, nothing = link.pullback(mask, a)
    np.testing.assert_array_equal(dx, dropped)
    assert nothing == ()
    assert link.forward(a.astype(np.float32))[0].dtype == np.float32


def test_a_mask_follows_from_seed_layer_and_draw_alone() -> None:
    def mask(seed: int, layer: int, draws: int, rows: int = 50) -> list[bool]:
        drawn = Dropout(0.5, seed, layer, draws).forward(np.ones((rows, 4)))[1]
        return list((drawn > 0).ravel())

    first = mask(1, 1, 0)
    assert first == mask(1, 1, 0)
    assert first[:8] == mask(1, 1, 0, rows=2)
    for other in (mask(2, 1, 0), mask(1, 2, 0), mask(1, 1, 1)):
        assert other != first
    link = Dropout(0.5, 1, 1)
    again = [list((link.forward(np.ones((50, 4)))[1] > 0).ravel()) for _ in range(3)]
    assert again == [first, mask(1, 1, 1), mask(1, 1, 2)]
