import dataclasses

import pytest

from chainrule.activations import ACTIVATIONS
from chainrule.initializers import INITIALIZERS
from chainrule.losses import LOSSES
from chainrule.recipes import CLASSIC, STANDARD, Recipe


@pytest.mark.parametrize("recipe", [STANDARD, CLASSIC])
def test_recipes_name_what_exists(recipe: Recipe) -> None:
    assert recipe.activation in ACTIVATIONS
    assert recipe.loss == "auto" or recipe.loss in LOSSES
    assert recipe.initializer == "auto" or recipe.initializer in INITIALIZERS


def test_the_classic_recipe_is_the_tutorials() -> None:
    assert (CLASSIC.hidden, CLASSIC.learning_rate, CLASSIC.epochs) == ((5,), 0.3, 500)
    assert (CLASSIC.batch_size, CLASSIC.momentum, CLASSIC.shuffle) == (1, 0.0, False)
    assert (CLASSIC.initializer, CLASSIC.scale) == ("classic", "minmax")
    assert CLASSIC.loss == "half_squared_error"


def test_changed_takes_what_is_given_and_keeps_the_rest() -> None:
    changed = STANDARD.changed(epochs=7, activation=None, hidden=())
    assert (changed.epochs, changed.activation, changed.hidden) == (7, STANDARD.activation, ())
    assert dataclasses.asdict(changed) == changed.settings()
    assert STANDARD.epochs != 7
