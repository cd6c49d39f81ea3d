"""`test_cli_predict` has the command."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

from chainrule.datasets import iris
from chainrule.errors import InputError
from chainrule.kept import KeptNetwork
from chainrule.model import train_models
from chainrule.prediction import Rules, Tally, predict_blocks
from chainrule.preparation import Options, prepare
from chainrule.recipes import STANDARD
from chainrule.tables import Table


@pytest.fixture(scope="module")
def kept() -> KeptNetwork:
    prepared = prepare(iris(), Options())
    ((model, _),) = train_models(
        prepared.features,
        prepared.target,
        [(prepared.encoded, prepared.y)],
        STANDARD.changed(epochs=5),
        seed=0,
    )
    return model.kept


def test_blocks_predict_what_the_whole_does(kept: KeptNetwork) -> None:
    table, tally = iris(), Tally()
    whole = kept.probabilities_encoded(prepare(table, Options()).encoded)
    blocks = [table.keep(range(start, min(start + 7, 150))) for start in range(0, 150, 7)]
    found = predict_blocks(
        kept, blocks, range(4), Rules("refuse", "error"), tally, target=4, probabilities=True
    )
    shares = [block.shares for block in found]
    np.testing.assert_allclose(np.vstack([part for part in shares if part is not None]), whole)
    truth = np.array(table.column(4))
    labels = kept.decide(kept.outputs(prepare(table, Options()).encoded))
    assert tally.accuracy == (labels == truth).mean()
    assert (tally.rows, tally.scored) == (150, 150)


def test_no_row_depends_on_those_beside_it(kept: KeptNetwork) -> None:
    encoded = prepare(iris(), Options()).encoded
    whole = kept.outputs(np.tile(encoded, (30, 1)))
    np.testing.assert_allclose(whole[4470:], kept.outputs(encoded)[-30:], rtol=1e-12)


def holed() -> Table:
    table = iris()
    rows = [[*table.rows[row]] for row in range(4)]
    rows[2][1] = ""
    return Table.of_rows("t.csv", table.names, rows, [2, 3, 5, 6], True, "comma")


def test_cells_without_a_value_follow_the_rule(kept: KeptNetwork) -> None:
    with pytest.raises(InputError) as refused:
        list(predict_blocks(kept, [holed()], range(4), Rules("refuse", "error"), Tally()))
    assert str(refused.value) == (
        "`t.csv`, line 5, column 'sepal width (cm)' is empty, and the training had no such cell; "
        "say `--missing mean` to fill in the training's mean, or `--missing drop` to leave the "
        "row's prediction empty."
    )
    for rule, absent, scored in (("mean", None, 4), ("drop", [False, False, True, False], 3)):
        tally = Tally()
        (block,) = predict_blocks(kept, [holed()], range(4), Rules(rule, "error"), tally, target=4)
        assert (block.absent if absent is None else block.absent.tolist()) == absent  # type: ignore[union-attr]
        assert (tally.filled, tally.rows, tally.scored) == (1, 4, scored)


def test_r2_of_blocks_is_that_of_the_whole() -> None:
    random = np.random.default_rng(0)
    truth = 1e9 + random.normal(size=1000)
    predicted = truth + 0.5 * random.normal(size=1000)
    tally = Tally()
    for rows in np.array_split(np.arange(1000), [0, 1, 5, 500, 500]):
        tally.add(predicted[rows], truth[rows], of_classes=False)
    assert tally.r2 == pytest.approx(r2_score(truth, predicted), rel=1e-6)
    rmse = np.sqrt(((truth - predicted) ** 2).mean())
    assert tally.root_mean_square == pytest.approx(rmse)
    assert np.isnan(Tally().r2)
    assert np.isnan(Tally().accuracy)
