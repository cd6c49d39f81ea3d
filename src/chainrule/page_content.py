"""What the page of a training shows, put together after it."""

import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version

from . import __version__
from .experiment import Outcome
from .explanation import explain_weights
from .factors import Explanation
from .held_out import summarized_columns
from .observed import Curve, TrainingPage
from .preparation import Options, Prepared
from .recipes import Recipe
from .summary import summarize
from .weights import ranked_weights

CHAINS = 3  # layers of which a gradient is opened
PACKAGES = ("numpy", "scipy", "scikit-learn", "numba")


def page_content(
    prepared: Prepared,
    recipe: Recipe,
    options: Options,
    outcome: Outcome,
    curves: Sequence[Curve],
    command: str,
    next_commands: Sequence[tuple[str, str]],
) -> TrainingPage:
    """Return the content of the page of an outcome, the trainings' curves with it."""
    model = outcome.model
    return TrainingPage(
        data=prepared.source,
        n_rows=len(prepared.y),
        task=prepared.target.task,
        target=prepared.target.name,
        report=outcome.report,
        failure=str(outcome.divergence or ""),
        held_out=outcome.held_out,
        curves=tuple(curves),
        network=summarize(model.estimator.network_, model.estimator.parameters_.flat.dtype),
        columns=summarized_columns(prepared),
        chains=_chains(prepared, outcome),
        place=prepared.places[outcome.hardest],
        place_target=_written(prepared.y[outcome.hardest].item()),
        settings=recipe.settings() | asdict(options),
        notices=prepared.notices,
        versions=versions(),
        command=command,
        next_commands=tuple(next_commands),
    )


def versions() -> dict[str, str]:
    """Return which versions computed it."""
    own = {"chainrule": __version__, "Python": platform.python_version()}
    return own | {name: version(name) for name in PACKAGES}


def _chains(prepared: Prepared, outcome: Outcome) -> tuple[Explanation, ...]:
    """Open the largest gradient of a layer, on the hardest row; of a divergence, none."""
    if outcome.report is None:
        return ()
    rows = [outcome.hardest]
    places = [prepared.places[outcome.hardest]]
    case = outcome.model.kept.case(prepared.encoded[rows], prepared.y[rows], places)
    arrays = case.gradients().named().items()
    of_layers = {name: array for name, array in arrays if name.startswith("W")}
    largest = sorted(of_layers, key=lambda name: -abs(of_layers[name]).max())[:CHAINS]
    weights = [
        *(ranked_weights({name: of_layers[name]}, 1, largest=True)[0] for name in sorted(largest))
    ]
    return tuple(explain_weights(case, weights))


def _written(target: object) -> str:
    return f"{target:.4g}" if isinstance(target, float) else str(target)
