"""Recipes: everything `chainrule train` decides for a network, as one record each."""

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of a training; `loss` and `output_activation` "auto" follow from the task.

    Attributes:
        hidden: the hidden layers' sizes.
        activation: of all hidden layers, or one of each.
        scale: how inputs are scaled: "standard", "minmax" or "none".
        class_weight: "balanced" for rows / (classes × rows of the class); None for 1 each.
    """

    hidden: tuple[int, ...]
    activation: str | list[str]
    loss: str
    output_activation: str
    solver: str
    learning_rate: float
    momentum: float
    batch_size: int
    epochs: int
    alpha: float
    initializer: str
    shuffle: bool
    scale: str
    class_weight: str | None = None

    def changed(self, **changes: Any) -> "Recipe":
        """Return the recipe with the changes that are not None."""
        return replace(self, **{k: value for k, value in changes.items() if value is not None})

    def settings(self) -> dict[str, Any]:
        """Return the settings as they are reported."""
        return asdict(self)


STANDARD = Recipe(
    hidden=(16,),
    activation="tanh",
    loss="auto",
    output_activation="auto",
    solver="adam",
    learning_rate=0.01,
    momentum=0.9,
    batch_size=32,
    epochs=100,
    alpha=0.01,
    initializer="auto",
    shuffle=True,
    scale="standard",
)
"""The defaults.  Not tuned on any one data set; docs/train.md shows what they do on eight."""

CLASSIC = Recipe(
    hidden=(5,),
    activation="logistic",
    loss="half_squared_error",
    output_activation="auto",
    solver="sgd",
    learning_rate=0.3,
    momentum=0.0,
    batch_size=1,
    epochs=500,
    alpha=0.0,
    initializer="classic",
    shuffle=False,
    scale="minmax",
)
"""The settings of the classic from-scratch tutorial."""
