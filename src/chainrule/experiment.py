"""The job of `chainrule train`: from a prepared table to scores, a model, an opened gradient."""

import math
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from time import perf_counter

import numpy as np
from numpy.random import RandomState

from .chain import Array, forward
from .description import KeptRows
from .diagnosis import diagnosed
from .errors import DivergenceError, InputError
from .evaluation import Split, baseline, evaluate, folds, split
from .explanation import explain_weight
from .held_out import judged_held_out
from .losses import LOSSES, PROBABILISTIC
from .measurements import LEAST_GAIN, constant_loss, network_loss
from .memory import SCALED, require_room
from .model import Model
from .network import BLOCK
from .observation import Observer
from .observed import HeldOut
from .origin import Origin
from .parameters import count
from .preparation import Options, Prepared
from .recipes import CLASSIC, STANDARD, Recipe
from .reports import Diagnosis, Finding, Fold, NetworkFacts, TrainReport
from .resuming import KeptRun
from .rows import Rows
from .trainings import Progress, Trainings
from .weights import largest_weight

WHOLE = "all rows"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the model, and a report unless a training diverged; then the error.

    The error is that of the model's own training, or of a fold's where only that diverged.
    `held_out` is what was predicted of rows not seen, beside `report`; `hardest` the place of the
    row whose loss is largest.
    """

    report: TrainReport | None
    model: Model
    divergence: DivergenceError | None
    hardest: int
    held_out: HeldOut | None = None


def run(
    prepared: Prepared,
    recipe: Recipe,
    options: Options,
    progress: Progress,
    keep_rows: int = 0,
    kept: KeptRun | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Score the recipe on held-out rows, then train on all rows and open one gradient.

    `keep_rows` rows stay with the model: the one whose loss is largest, the others spread evenly.
    `kept` keeps the trainings in a checkpoint, and knows from where they go on.
    An `observer` looks at each training.

    Raises:
        InputError: if a setting cannot be used, the network cannot fit into memory, or the
            checkpoint is of another training.
    """
    recipe = _usable(prepared, recipe)
    if kept is not None:
        kept.is_of(prepared, recipe, options)
    started = perf_counter()
    data, y = prepared.encoded, prepared.y
    parts_of_rows = [*splits(prepared, options)]
    parts = _parts(parts_of_rows, options, len(y))
    trained = Trainings(prepared, recipe, options.seed, progress, parts, kept, observer)
    tested: list[tuple[Array, Array]] = []
    unseen: list[tuple[float, float]] = []

    def predict(_: Array, test_rows: Array) -> Array:
        label = [*parts][len(unseen)]
        model, divergence = trained.take(label)
        if divergence is not None:
            happened = f"{label}: {divergence.happened}"
            raise DivergenceError(happened, divergence.epoch, "The training on all rows did not.")
        unseen.append(_losses(model, data[test_rows], y[test_rows]))
        tested.append((test_rows, model.predict_encoded(data[test_rows])))
        return tested[-1][1]

    fold_divergence = None
    results: tuple[Fold, ...] = ()
    try:
        results = evaluate(parts_of_rows, y, prepared.target, predict)
    except DivergenceError as error:
        fold_divergence = error
    model, divergence = trained.take(WHOLE)
    seconds = perf_counter() - started
    hardest = _hardest_row(prepared, model)
    model = _keeping_rows(model, prepared, hardest, keep_rows)
    if fold_divergence or divergence:
        model = _knowing(model, prepared, recipe, options, None)
        return Outcome(None, model, divergence or fold_divergence, hardest)
    report = _report(prepared, recipe, options, results, model, hardest, seconds)
    report = replace(report, diagnosis=_diagnosis(model, prepared, report, unseen))
    model = _knowing(model, prepared, recipe, options, report)
    return Outcome(report, model, None, hardest, judged_held_out(y, prepared.target, tested))


def _parts(held_out: list[Split], options: Options, n_rows: int) -> dict[str, Array]:
    """Return the rows of each training by what it is called, that of all rows last."""
    labels = [f"fold {number} of {len(held_out)}" for number in range(1, len(held_out) + 1)]
    labels = labels if options.split is None else ["the split"]
    parts = dict(zip(labels, (rows for rows, _ in held_out), strict=True))
    return parts | {WHOLE: np.arange(n_rows)}


def _knowing(
    model: Model,
    prepared: Prepared,
    recipe: Recipe,
    options: Options,
    report: TrainReport | None,
) -> Model:
    """Return the model with the rules of its training, and with where it comes from."""
    origin = Origin.of(prepared, recipe.settings() | asdict(options), report)
    return replace(
        model,
        missing=options.missing,
        unseen=options.unseen,
        spelling=prepared.spelling,
        origin=origin,
    )


def _losses(model: Model, encoded: Array, y: Array) -> tuple[float, float]:
    """Return the mean loss of the model, and of the best constant, over rows."""
    case = model.kept.case(encoded, y)
    return network_loss(case), constant_loss(case.network.loss, case.target)


def _diagnosis(
    model: Model, prepared: Prepared, report: TrainReport, unseen: list[tuple[float, float]]
) -> Diagnosis | None:
    """Return why training came to nothing; None where it did not.

    `unseen` are the losses of each fold's rows that its network has not seen.
    """
    order = RandomState(report.settings["seed"]).permutation(len(prepared.y))
    encoded, y = prepared.encoded[order], prepared.y[order]
    case = model.kept.case(encoded, y)
    targets = y if model.target_scaling is None else case.target[:, 0]
    found = diagnosed(model.estimator, Rows(case.X, targets, case.target), case.input_names)
    if not found.moves:
        return found
    loss, constant = np.mean(unseen, axis=0)
    if not _no_better(report) or loss < constant * (1 - LEAST_GAIN):
        return None
    message = (
        "Gradients flow, but what the network learns of these rows does not hold for rows that it "
        f"has not seen: their loss is {loss:.3g}, that of a constant prediction {constant:.3g}. "
        "Take more rows, a larger `--alpha`, or columns that tell the target."
    )
    return replace(found, findings=(Finding("not-generalizing", message),))


def _no_better(report: TrainReport) -> bool:
    """Whether the score is within chance of the baseline's."""
    share = report.baseline
    chance = 2 * math.sqrt(share * (1 - share) / report.n_rows) if report.classes else 0.0
    return report.mean <= share + chance


def _refuse_loss_of_classes(prepared: Prepared, recipe: Recipe) -> None:
    loss = LOSSES.get(recipe.loss)
    if prepared.target.classes is None and loss and loss.name in PROBABILISTIC:
        raise InputError(
            f"`--loss` {recipe.loss} compares classes, and the target {prepared.target.name!r} is "
            "a quantity; leave it out, or say `--task classification` if it is not."
        )
    if prepared.target.classes is None and recipe.class_weight:
        raise InputError(
            f"`--class-weight` weighs classes, and the target {prepared.target.name!r} is a "
            "quantity; leave it out, or say `--task classification` if it is not."
        )


def _usable(prepared: Prepared, recipe: Recipe) -> Recipe:
    """Return the recipe as it will run; refuse one that cannot."""
    _refuse_loss_of_classes(prepared, recipe)
    _require_room(prepared, recipe)
    return _with_batches(recipe, len(prepared.y))


def _with_batches(recipe: Recipe, n_rows: int) -> Recipe:
    """Return the recipe with the batches there will be, and say so where others were asked for."""
    if recipe.batch_size <= n_rows or recipe.solver == "lbfgs":
        return recipe
    if recipe.batch_size not in (STANDARD.batch_size, CLASSIC.batch_size):
        warnings.warn(
            f"`--batch-size` {recipe.batch_size} is more than the {n_rows} rows; each step takes "
            "all that it trains on.",
            UserWarning,
            stacklevel=3,
        )
    return recipe.changed(batch_size=n_rows)


def _require_room(prepared: Prepared, recipe: Recipe) -> None:
    """Refuse a network that cannot be trained in memory, beside the rows."""
    classes = prepared.target.classes or ()
    n_rows, n_inputs = prepared.encoded.shape
    sizes = (n_inputs, *recipe.hidden, 1 if len(classes) < 3 else len(classes))
    lbfgs = recipe.solver == "lbfgs"
    batch = min(n_rows, BLOCK) if lbfgs else min(n_rows, BLOCK, recipe.batch_size)
    # the row to open is looked for among all rows at once
    names = [recipe.activation] if isinstance(recipe.activation, str) else recipe.activation
    data = n_rows * (SCALED * n_inputs + sizes[-1])
    require_room(sizes, names, batch, n_rows, lbfgs, "--hidden", data=data)


def splits(prepared: Prepared, options: Options) -> Iterator[Split]:
    """Yield the rows trained on and the rows held out, of each fold or of the split."""
    if options.split is not None:
        return split(prepared.y, prepared.target, options.split, options.seed)
    return folds(prepared.y, prepared.target, options.folds, options.seed)


def _report(
    prepared: Prepared,
    recipe: Recipe,
    options: Options,
    results: tuple[Fold, ...],
    model: Model,
    row: int,
    seconds: float,
) -> TrainReport:
    network = model.estimator.network_
    case = model.kept.case(prepared.encoded[[row]], prepared.y[[row]], [prepared.places[row]])
    opened = explain_weight(case, largest_weight(case.gradients().named()))
    classes = prepared.target.classes
    return TrainReport(
        data=prepared.source,
        n_rows=len(prepared.y),
        n_features=len(prepared.features),
        task=prepared.target.task,
        metric="r2" if classes is None else "accuracy",
        target=prepared.target.name,
        classes=classes,
        network=NetworkFacts(
            network.layer_sizes,
            _listed(recipe.activation),
            network.output_activation,
            network.loss.name,
            network.loss.formula,
            count(network.layer_sizes),
        ),
        method="k-fold" if options.split is None else "split",
        folds=results,
        mean=float(np.mean([fold.score for fold in results])),
        baseline=baseline(prepared.y, prepared.target),
        seconds=seconds,
        settings=recipe.settings() | asdict(options),
        opened=opened,
        opened_place=prepared.places[row],
        opened_target=prepared.y[row].item(),
    )


def _listed(activation: str | list[str]) -> str:
    return activation if isinstance(activation, str) else ", ".join(activation)


def _hardest_row(prepared: Prepared, model: Model) -> int:
    """Return the row whose loss is largest."""
    case = model.kept.case(prepared.encoded, prepared.y)
    with np.errstate(all="ignore"):  # of a training that diverged
        prediction, _ = forward(case.network.chain(case.parameters), case.X)
        losses = case.network.loss_link(case.target).loss.value(prediction, case.target)
    return int(np.argmax(losses))


def _keeping_rows(model: Model, prepared: Prepared, hardest: int, count: int) -> Model:
    """Return the model with so many rows, the hardest among them, the others spread evenly."""
    if not count:
        return model
    rows = np.unique(np.linspace(0, len(prepared.y) - 1, min(count, len(prepared.y))).round())
    rows = rows.astype(int)
    if hardest not in rows:
        rows[abs(rows - hardest).argmin()] = hardest
    places = tuple(prepared.places[row] for row in rows)
    return replace(model, rows=KeptRows(prepared.encoded[rows], prepared.y[rows], places))
