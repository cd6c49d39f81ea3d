import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import RandomState

from chainrule import InputError, MLPClassifier, MLPRegressor, load, save
from chainrule.activations import ACTIVATIONS, Activation
from chainrule.formula_activation import formula_activation
from chainrule.kept_settings import described_settings, rebuilt_settings
from chainrule.losses import LOSSES, Loss
from chainrule.mlp import MLP

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def fitted(model: MLP, y: Any = Y) -> MLP:
    return model.set_params(max_iter=3, n_iter_no_change=9, tol=0.0, random_state=0).fit(X, y)


def assert_same_settings(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    for name, value in expected.items():
        np.testing.assert_equal(found[name], value, err_msg=name)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"activation": ["x*tanh(x)", "relu"], "hidden_layer_sizes": (4, 3)},
        {"activation": "x*exp(-x^2)", "n_iter_no_change": math.inf, "dropout": [0.5]},
        {"class_weight": {0: 1.0, 1: 2.5}, "dtype": "float32", "random_state": np.int64(3)},
        {"class_weight": "balanced", "solver": "lbfgs", "early_stopping": "loss"},
        {"hidden_layer_sizes": 7, "validation_fraction": np.float64(0.25), "verbose": False},
    ],
)
def test_settings_come_back_through_json(settings: dict[str, Any]) -> None:
    given = MLPClassifier(**settings).get_params()
    again = rebuilt_settings(json.loads(json.dumps(described_settings(given), allow_nan=False)))
    assert_same_settings(again, given)
    assert MLPClassifier(**again).get_params().keys() == given.keys()


def test_records_of_the_table_and_of_formulas_are_kept_by_name() -> None:
    records: list[Any] = [ACTIVATIONS["tanh"], formula_activation("x*tanh(x)"), "relu"]
    model = MLPRegressor(LOSSES["huber"], activation=records, dtype=np.float32)
    found = described_settings(model.get_params())
    assert found["activation"] == ["tanh", "x*tanh(x)", "relu"]
    assert (found["loss"], found["dtype"]) == ("huber", "float32")


def test_a_random_state_goes_on_where_it_stood() -> None:
    random = RandomState(4)
    random.normal(size=3)
    described = json.loads(json.dumps(described_settings({"random_state": random})))
    settings: dict[str, Any] = {"hidden_layer_sizes": [], "start_weights": None}
    again = rebuilt_settings(described | settings)["random_state"]
    assert again.normal() == random.normal()
    assert described_settings({"random_state": np.random}) == {"random_state": None}


def squeeze(z: Any) -> Any:
    return z / (1 + abs(z))


def slope(z: Any) -> Any:
    return 1 / (1 + abs(z)) ** 2


OWN = Loss("own", LOSSES["huber"].value, LOSSES["huber"].derivative, "", "")
RECORD = Activation("mine", squeeze, slope, None, "", "")
IN_FILE = "is a Python function, which a model's file cannot hold: reading it would execute code"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"activation": (squeeze, slope)}, f"`activation` squeeze {IN_FILE}"),
        ({"activation": RECORD}, f"`activation` mine {IN_FILE}"),
        ({"activation": ["relu", (np.sin, np.cos)]}, f"`activation` sin {IN_FILE}"),
        ({"loss": OWN}, f"`loss` own {IN_FILE}"),
        ({"callbacks": [lambda _: False]}, "leave them out by set_params(callbacks=None)"),
    ],
)
def test_what_only_a_program_can_say_is_refused_at_save(
    settings: dict[str, Any], words: str, tmp_path: Path
) -> None:
    sizes = (3, 2) if isinstance(settings.get("activation"), list) else (3,)
    model = fitted(MLPRegressor(hidden_layer_sizes=sizes, **settings), X[:, 0])
    (file := tmp_path / "m.chain").write_bytes(b"the old one")
    with pytest.raises(InputError) as refused:
        save(model, file)
    assert words in str(refused.value)
    if "callbacks" not in settings:
        assert 'activation="x*tanh(log(1+exp(x)))"' in str(refused.value)
    assert file.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [file]


def test_the_formula_that_is_named_can_be_saved(tmp_path: Path) -> None:
    model = fitted(MLPClassifier((3,), activation="x*tanh(log(1+exp(x)))"))
    save(model, tmp_path / "m.chain")
    assert load(tmp_path / "m.chain").activation == "x*tanh(log(1+exp(x)))"


def test_a_setting_that_is_no_number_or_text_is_refused() -> None:
    with pytest.raises(InputError, match="`alpha` is <object"):
        described_settings({"alpha": object()})
