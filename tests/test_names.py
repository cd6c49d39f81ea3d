import pytest

from chainrule.activations import ACTIVATIONS
from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.initializers import INITIALIZERS
from chainrule.losses import LOSSES
from chainrule.names import SYNONYMS, lookup
from chainrule.network import OUTPUT_ACTIVATIONS


def test_a_known_name_is_found() -> None:
    assert lookup({"tanh": 1}, "tanh", "activation") == 1


@pytest.mark.parametrize(
    ("name", "hint"), [("rleu", "'relu'"), ("RELU", "'relu'"), ("Tan", "'tanh'")]
)
def test_a_wrong_name_is_answered_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(InputError, match=f"Did you mean {hint}"):
        lookup({"relu": 1, "tanh": 2}, name, "activation")


@pytest.mark.parametrize("name", ["zzzz", 5, None, ["relu"]])
def test_a_name_like_no_other_lists_the_choices(name: object) -> None:
    with pytest.raises(InputError, match=r"`activation` must be one of relu, tanh; got") as caught:
        lookup({"relu": 1, "tanh": 2}, name, "activation")
    assert "Did you mean" not in str(caught.value) or name == ["relu"]


@pytest.mark.parametrize(
    ("parameter", "name", "hint"),
    [
        ("loss", "mse", "mean_squared_error"),
        ("loss", "MAE", "absolute_error"),
        ("loss", "cross_entropy", "categorical_cross_entropy"),
        ("loss", "log_los", "log_loss"),
        ("activation", "sigmoid", "logistic"),
        ("output_activation", "sigmoid", "logistic"),
        ("initializer", "xavier", "glorot"),
    ],
)
def test_other_names_are_answered_with_ours(parameter: str, name: str, hint: str) -> None:
    model = MLPClassifier(**{parameter: name})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=f"`{parameter}` must be .*Did you mean {hint!r}"):
        model.fit([[0.0], [1.0]], [0, 1])


def test_log_loss_is_listed_and_sends_a_regression_to_the_classifier() -> None:
    with pytest.raises(InputError, match=r"must be one of .*, log_loss, "):
        MLPClassifier(loss="nonsense").fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(InputError, match="`loss` log_loss compares classes; use MLPClassifier"):
        MLPRegressor(loss="log_loss").fit([[0.0], [1.0]], [0, 1])


def test_synonyms_are_of_names_that_exist_and_are_none_themselves() -> None:
    ours = {*ACTIVATIONS, *OUTPUT_ACTIVATIONS, *INITIALIZERS, *LOSSES}
    assert set(SYNONYMS.values()) <= ours
    assert not set(SYNONYMS) & ours


def test_a_synonym_of_another_tables_name_is_not_suggested() -> None:
    with pytest.raises(InputError) as caught:
        lookup({"relu": 1}, "mse", "activation")
    assert "Did you mean" not in str(caught.value)
