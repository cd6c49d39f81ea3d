"""The options of `chainrule train` that describe the network and its training."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from ..activations import ACTIVATIONS
from ..encoding import SCALES
from ..initializers import INITIALIZERS
from ..losses import LOSSES
from ..recipes import STANDARD
from .options import not_negative, positive

_of_network = partial(typer.Option, rich_help_panel="Network")


class Weighing(StrEnum):
    """How classes are weighed."""

    balanced = "balanced"


Hidden = Annotated[
    str | None,
    _of_network(
        help="Sizes of the hidden layers, as in 5,4; 0 for none.",
        show_default=",".join(map(str, STANDARD.hidden)),
    ),
]
Activation = Annotated[
    str | None,
    _of_network(
        help=f"Of the hidden layers: {', '.join(ACTIVATIONS)}, or a formula of x; "
        "one a layer as in relu,tanh.",
        show_default=STANDARD.activation,
    ),
]
Loss = Annotated[
    str | None,
    _of_network(help=f"{', '.join(LOSSES)}.", show_default="cross-entropy, or ½ squared error"),
]
Solver = Annotated[
    str | None, _of_network(help="adam, sgd or lbfgs.", show_default=STANDARD.solver)
]
BatchSize = Annotated[
    int | None,
    _of_network(min=1, help="Rows an update.", show_default=str(STANDARD.batch_size)),
]
Epochs = Annotated[
    int | None,
    _of_network(min=1, help="Passes over the rows.", show_default=str(STANDARD.epochs)),
]
LearningRate = Annotated[
    float | None,
    _of_network(
        callback=positive, help="Size of a step.", show_default=str(STANDARD.learning_rate)
    ),
]
Scale = Annotated[
    str | None,
    _of_network(help=f"Of inputs: {', '.join(SCALES)}.", show_default=STANDARD.scale),
]
Alpha = Annotated[
    float | None,
    _of_network(
        callback=not_negative,
        help="Weight of the penalty ½ Σ W².",
        show_default=str(STANDARD.alpha),
    ),
]
Initializer = Annotated[
    str | None,
    _of_network(
        help=f"Of the start weights: {', '.join(INITIALIZERS)}.",
        show_default="glorot; glorot_logistic for logistic",
    ),
]
ClassWeight = Annotated[
    Weighing | None,
    _of_network(
        help="Each class weighs as much as the others together, whatever its rows.",
        show_default="1 a row",
    ),
]
Classic = Annotated[
    bool,
    _of_network(
        "--classic",
        help="The from-scratch tutorial's settings instead of ours; options change them.",
    ),
]
