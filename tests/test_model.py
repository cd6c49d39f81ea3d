from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chainrule.datasets import iris
from chainrule.errors import InputError
from chainrule.model import Model, make_estimator, train_models
from chainrule.modelfile import load, save
from chainrule.preparation import Options, Prepared, prepare
from chainrule.recipes import CLASSIC, STANDARD, Recipe
from chainrule.tables import Table

QUICK = STANDARD.changed(epochs=20)


def trained(prepared: Prepared, recipe: Recipe = QUICK) -> Model:
    ((model, divergence),) = train_models(
        prepared.features, prepared.target, [(prepared.encoded, prepared.y)], recipe, seed=0
    )
    assert divergence is None
    return model


def table_of(rows: list[list[str]], names: tuple[str, ...]) -> Table:
    return Table.of_rows("rows", names, rows, list(range(2, len(rows) + 2)), True, "comma")


def test_predict_takes_the_cells_of_the_file() -> None:
    table = iris()
    prepared = prepare(table, Options())
    model = trained(prepared)
    cells = [row[:-1] for row in table.rows]
    from_text = model.predict(cells)
    numbers = np.array(cells, dtype=float)
    np.testing.assert_array_equal(from_text, model.predict(numbers))
    np.testing.assert_array_equal(from_text, model.predict_encoded(prepared.encoded))
    assert np.mean(from_text == np.array(table.column(4))) > 0.9
    shares = model.probabilities(cells)
    np.testing.assert_array_equal(shares, model.probabilities_encoded(prepared.encoded))
    np.testing.assert_array_equal(shares, model.probabilities(pd.DataFrame(numbers)))
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_array_equal(np.array(model.target.classes)[shares.argmax(axis=1)], from_text)
    assert model.target.classes == ("setosa", "versicolor", "virginica")


def test_predict_refuses_other_columns() -> None:
    model = trained(prepare(iris(), Options()))
    with pytest.raises(InputError, match=r"`X` must have the 4 columns sepal length.*\(2, 3\)"):
        model.predict([[1, 2, 3], [4, 5, 6]])


def test_a_frames_columns_are_found_by_name() -> None:
    table = iris()
    model = trained(prepare(table, Options()))
    frame = pd.DataFrame([row[:-1] for row in table.rows], columns=table.names[:-1])
    expected = model.predict([row[:-1] for row in table.rows])
    np.testing.assert_array_equal(model.predict(frame.iloc[:, ::-1]), expected)


def test_regression_is_in_the_units_of_the_file() -> None:
    rows = [[str(x), str(1e6 + 1e3 * x)] for x in range(40)]
    prepared = prepare(table_of(rows, ("x", "y")), Options())
    model = trained(prepared, STANDARD.changed(solver="lbfgs", hidden=(), epochs=200))
    assert model.predict([[20]]) == pytest.approx(1.02e6, rel=1e-3)
    with pytest.raises(InputError, match="need a model for classes; this one predicts 'y', a num"):
        model.probabilities([[20]])


def test_counts_stay_counts_with_the_poisson_loss() -> None:
    rows = [[str(x), str(int(np.exp(x / 10)))] for x in range(60)]
    prepared = prepare(table_of(rows, ("x", "y")), Options(task="regression"))
    model = trained(prepared, STANDARD.changed(loss="poisson", solver="lbfgs", epochs=200))
    assert model.target_scaling is None
    assert model.predict([[50]])[0] == pytest.approx(np.exp(5.0), rel=0.05)


def test_text_columns_and_missing_cells_at_predict_time() -> None:
    rows = [["red" if i % 2 else "blue", str(i), "yes" if i % 2 else "no"] for i in range(20)]
    model = trained(prepare(table_of(rows, ("color", "n", "y")), Options()))
    assert model.predict([["red", 3], ["blue", 4]]).tolist() == ["yes", "no"]
    assert model.predict([["red", ""]]).tolist() == ["yes"]
    with pytest.raises(InputError, match="'green' is none of the values seen in training"):
        model.predict([["green", 3]])


def test_divergence_gives_the_last_finite_model() -> None:
    prepared = prepare(table_of([[str(x), str(x * 1.5)] for x in range(40)], ("x", "y")), Options())
    recipe = STANDARD.changed(solver="sgd", activation="identity", learning_rate=1e4)
    ((model, divergence),) = train_models(
        prepared.features, prepared.target, [(prepared.encoded, prepared.y)], recipe, seed=0
    )
    assert divergence is not None
    assert divergence.epoch >= 1
    assert np.isfinite(model.predict([[3]])).all()


def test_every_setting_of_a_recipe_reaches_the_estimator() -> None:
    recipe = CLASSIC.changed(
        hidden=(4, 3), activation="elu", loss="huber", output_activation="softmax", solver="sgd"
    ).changed(learning_rate=0.7, momentum=0.3, batch_size=9, epochs=8, alpha=0.6, shuffle=True)
    settings = make_estimator(recipe, prepare(iris(), Options()).target, seed=5).get_params()
    expected = {
        "hidden_layer_sizes": (4, 3),
        "activation": "elu",
        "loss": "huber",
        "output_activation": "softmax",
        "solver": "sgd",
        "learning_rate_init": 0.7,
        "momentum": 0.3,
        "batch_size": 9,
        "max_iter": 8,
        "alpha": 0.6,
        "initializer": "classic",
        "shuffle": True,
        "random_state": 5,
    }
    assert expected.items() <= settings.items()


def test_the_classic_recipe_makes_the_tutorials_network() -> None:
    estimator = make_estimator(CLASSIC, prepare(iris(), Options()).target, 0)
    assert estimator.loss == "half_squared_error"
    assert estimator.shuffle is False
    assert estimator.n_iter_no_change == estimator.max_iter == 500


def test_a_seed_of_numpy_is_kept_as_a_number(tmp_path: Path) -> None:
    model = trained(prepare(iris(), Options()))
    model.estimator.set_params(random_state=np.int64(7))
    save(model, tmp_path / "m.chain")
    assert load(tmp_path / "m.chain").estimator.random_state == 7
