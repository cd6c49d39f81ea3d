"""Trainings that are interrupted and gone on with end as if nothing had been."""

import pickle
import resource
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import PCG64, RandomState
from sklearn.base import clone

from chainrule import Checkpoint, InputError, MLPClassifier, MLPRegressor
from chainrule.checkpoint_file import read_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

random = np.random.default_rng(0)
X = random.normal(size=(60, 4))
CLASSES = np.digitize(X[:, 0] + random.normal(size=60), [-0.5, 0.5])
NUMBERS = X[:, 0] * X[:, 1]
SMALL: dict[str, Any] = {
    "hidden_layer_sizes": (5,),
    "activation": "tanh",
    "random_state": 3,
    "max_iter": 14,
}

SETTINGS: list[dict[str, Any]] = [
    {"solver": "sgd"},
    {"solver": "sgd", "momentum": 0.0, "batch_size": 1},
    {"solver": "sgd", "batch_size": 1, "learning_rate": "invscaling"},
    {"solver": "sgd", "nesterovs_momentum": False, "learning_rate": "invscaling"},
    {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.2, "n_iter_no_change": 1},
    {"solver": "adam", "batch_size": 7},
    {"solver": "adam", "batch_size": 1},
    {"solver": "adam", "dropout": 0.3, "batch_size": 7},
    {"solver": "adam", "early_stopping": True, "n_iter_no_change": 20},
    {"solver": "adam", "early_stopping": "loss", "dropout": [0.3], "dtype": "float32"},
    {"solver": "adam", "shuffle": False, "weight_decay": 0.01, "max_grad_norm": 0.1},
]


class Interrupts:
    """Ctrl-C when so many epochs are over."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def __call__(self, epoch: Any) -> None:
        if epoch.number == self.epoch:
            signal.raise_signal(signal.SIGINT)


class InterruptsBatch:
    """Ctrl-C after a batch of the second epoch."""

    def on_batch_end(self, batch: Any) -> None:
        if (batch.epoch, batch.number) == (2, 4):
            signal.raise_signal(signal.SIGINT)


class InterruptsLater:
    """SIGALRM 2 ms after the first epoch began."""

    def on_epoch_begin(self, number: int) -> None:
        if number == 1:
            signal.setitimer(signal.ITIMER_REAL, 0.002)


def interrupted(model: Any, file: Path, X: Any, y: Any, by: Any, **fit: Any) -> Any:
    model.set_params(callbacks=[Checkpoint(file), by])
    with pytest.warns(UserWarning, match="interrupted"):
        model.fit(X, y, **fit)
    assert model.stop_reason_ == "interrupted"
    return model


def assert_equal(found: Any, expected: Any) -> None:
    assert np.array_equal(found.parameters_.flat, expected.parameters_.flat)
    assert found.loss_curve_ == expected.loss_curve_
    assert found.validation_scores_ == expected.validation_scores_
    for name in ("n_iter_", "t_", "stop_reason_", "engine_", "best_loss_"):
        assert getattr(found, name) == getattr(expected, name), name


CASES = [(settings, (1, 2, 9)[place % 3]) for place, settings in enumerate(SETTINGS)]
EVERY = [(settings, epoch) for settings in SETTINGS for epoch in range(1, 14)]


def require_no_difference(settings: dict[str, Any], epoch: int, engine: str, file: Path) -> None:
    model = MLPClassifier(**SMALL | settings, engine=engine)
    expected = clone(model).fit(X, CLASSES)
    assert expected.n_iter_ > 3
    epoch = min(epoch, expected.n_iter_ - 1)
    cut = interrupted(clone(model), file, X, CLASSES, Interrupts(epoch))
    assert cut.n_iter_ == epoch
    assert_equal(clone(model).fit(X, CLASSES, resume=file), expected)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(("settings", "epoch"), CASES, ids=str)
def test_the_weights_are_those_of_a_training_without_a_break(
    settings: dict[str, Any], epoch: int, engine: str, tmp_path: Path
) -> None:
    require_no_difference(settings, epoch, engine, tmp_path / "run.checkpoint")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(("settings", "epoch"), EVERY, ids=str)
def test_they_are_after_every_epoch(
    settings: dict[str, Any], epoch: int, engine: str, tmp_path: Path
) -> None:
    require_no_difference(settings, epoch, engine, tmp_path / "run.checkpoint")


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("settings", [{"solver": "sgd"}, {"dropout": 0.5}, {"dtype": "float32"}])
def test_they_are_in_the_midst_of_an_epoch_too(
    settings: dict[str, Any], engine: str, tmp_path: Path
) -> None:
    chosen = SMALL | {"batch_size": 7, "engine": engine} | settings
    model = MLPRegressor(**chosen)
    expected = clone(model).fit(X, NUMBERS)
    file = tmp_path / "run.checkpoint"
    cut = interrupted(clone(model), file, X, NUMBERS, InterruptsBatch())
    assert (cut.n_iter_, cut.t_) == (1, 60)
    assert_equal(clone(model).fit(X, NUMBERS, resume=file), expected)


@pytest.mark.parametrize(("engine", "n_rows"), [("numpy", 1000), ("numba", 400_000)])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_a_long_epoch_online_goes_on_where_it_was(
    solver: str, engine: str, n_rows: int, tmp_path: Path
) -> None:
    """At whatever row the first epoch is 2 ms after its begin."""
    rows = np.random.default_rng(1).normal(size=(n_rows, 3))
    model = MLPRegressor(solver=solver, batch_size=1, random_state=0, max_iter=2, engine=engine)
    model.set_params(hidden_layer_sizes=(4,), shuffle=False)  # drawing an order takes longer
    file, y = tmp_path / "run.checkpoint", rows[:, 0] * rows[:, 1]
    expected = clone(model).fit(rows, y).parameters_.flat
    before = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        cut = interrupted(clone(model), file, rows, y, InterruptsLater())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    position = read_checkpoint(file).states["fit"].facts["position"]
    assert cut.n_iter_ == 0
    assert 0 < position["gone"] < n_rows
    assert np.array_equal(clone(model).fit(rows, y, resume=file).parameters_.flat, expected)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_lbfgs_begins_anew_at_its_last_weights(engine: str, tmp_path: Path) -> None:
    model = MLPRegressor(**SMALL | {"solver": "lbfgs", "max_iter": 40, "engine": engine})
    cut = interrupted(clone(model), tmp_path / "c", X, NUMBERS, Interrupts(10))
    found = clone(model).fit(X, NUMBERS, resume=tmp_path / "c")
    assert found.loss_curve_[:10] == cut.loss_curve_
    assert found.loss_ < cut.loss_
    assert (cut.n_iter_, found.n_iter_) == (10, 40)


def test_a_training_that_is_over_is_had_at_once_and_goes_on_with_more_epochs(
    tmp_path: Path,
) -> None:
    file, began = tmp_path / "run.checkpoint", []
    model = MLPClassifier(**SMALL, early_stopping=True, n_iter_no_change=50)
    kept = clone(model).set_params(callbacks=[Checkpoint(file, every=5)]).fit(X, CLASSES)
    again = clone(model).set_params(callbacks=lambda epoch: began.append(epoch.number))
    assert_equal(again.fit(X, CLASSES, resume=file), kept)
    assert began == []
    longer = clone(model).set_params(max_iter=25)
    assert_equal(clone(longer).fit(X, CLASSES, resume=file), longer.fit(X, CLASSES))


@pytest.mark.parametrize("seed", [None, "a stream", "another kind of stream"])
def test_a_stream_of_ones_own_goes_on_too(seed: str | None, tmp_path: Path) -> None:
    def stream() -> Any:
        return {None: None, "a stream": RandomState(5)}.get(seed, RandomState(PCG64(5)))

    settings = SMALL | {"dropout": 0.2, "early_stopping": True, "n_iter_no_change": 50}
    model = MLPClassifier(**settings | {"random_state": stream()})
    np.random.seed(7)
    interrupted(model, tmp_path / "c", X, CLASSES, Interrupts(4))
    expected = MLPClassifier(**settings | {"random_state": stream()})
    np.random.seed(7)
    expected.fit(X, CLASSES)
    found = MLPClassifier(**settings | {"random_state": stream()})
    assert_equal(found.fit(X, CLASSES, resume=tmp_path / "c"), expected)


def test_a_warm_start_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    first = MLPClassifier(**SMALL, warm_start=True, dropout=0.2).fit(X, CLASSES)
    copy = pickle.loads(pickle.dumps(first))
    interrupted(copy, tmp_path / "c", X, CLASSES, Interrupts(4))
    resumed = MLPClassifier(**SMALL, warm_start=True, dropout=0.2)
    assert_equal(resumed.fit(X, CLASSES, resume=tmp_path / "c"), first.fit(X, CLASSES))


def test_a_checkpoint_is_written_every_so_many_epochs(tmp_path: Path) -> None:
    file, there = tmp_path / "run.checkpoint", []
    keep = Checkpoint(file, every="4 epochs")
    look = lambda epoch: there.append((epoch.number, file.exists()))  # noqa: E731
    MLPClassifier(**SMALL, callbacks=[keep, look]).fit(X, CLASSES)
    assert min(number for number, exists in there if exists) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["run.checkpoint"]


def test_nothing_is_written_by_a_training_of_a_moment(tmp_path: Path) -> None:
    MLPClassifier(**SMALL, callbacks=[Checkpoint(tmp_path / "c")]).fit(X, CLASSES)
    assert list(tmp_path.iterdir()) == []


def test_other_rows_or_settings_are_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "c"
    model = MLPClassifier(**SMALL)
    interrupted(clone(model), file, X, CLASSES, Interrupts(2))
    other = clone(model).set_params(alpha=0.5, hidden_layer_sizes=(6,))
    with pytest.raises(InputError) as refused:
        other.fit(X[:50], CLASSES[:50], resume=file)
    assert str(refused.value) == (
        f"`{file}` is of a training with other settings and other data: `alpha` was 0.0001 "
        "and is 0.5, `hidden_layer_sizes` was [5] and is [6], `X` was 60 × 4 float64 and is 50 × 4 "
        "float64, `y` was 60 int64 and is 50 int64. Take what it was trained with, or leave "
        "`resume` out to begin anew."
    )
    assert not hasattr(other, "parameters_")
    changed = X.copy()
    changed[7, 2] += 1e-9
    with pytest.raises(InputError, match="other data: `X` holds other values"):
        clone(model).fit(changed, CLASSES, resume=file)
    with pytest.raises(InputError, match="`sample_weight` was not given before"):
        clone(model).fit(X, CLASSES, np.ones(60), resume=file)


def test_another_engine_goes_on_and_says_so(tmp_path: Path) -> None:
    model = MLPClassifier(**SMALL)
    file = tmp_path / "c"
    interrupted(clone(model).set_params(engine="numpy"), file, X, CLASSES, Interrupts(2))
    with pytest.warns(UserWarning, match="`engine` was 'numpy' and is 'numba': the weights may"):
        found = clone(model).set_params(engine="numba").fit(X, CLASSES, resume=file)
    np.testing.assert_allclose(found.parameters_.flat, model.fit(X, CLASSES).parameters_.flat)


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`every` must say how many epochs or seconds"):
        Checkpoint("c", every="often")
    twice = [Checkpoint("a"), Checkpoint("b")]
    with pytest.raises(InputError, match="at most one Checkpoint, got 2"):
        MLPClassifier(callbacks=twice).fit(X, CLASSES)
    with pytest.raises(InputError, match="no Checkpoint with `partial_fit`"):
        MLPRegressor(callbacks=[Checkpoint("c")]).partial_fit(X, NUMBERS)
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        MLPRegressor(callbacks=[Checkpoint(tmp_path / "none" / "c")]).fit(X, NUMBERS)
    with pytest.raises(InputError, match="does not exist: no checkpoint to go on from"):
        MLPRegressor().fit(X, NUMBERS, resume=tmp_path / "c")


def test_two_trainings_do_not_write_one_checkpoint(tmp_path: Path) -> None:
    keep = Checkpoint(tmp_path / "c")
    inner = MLPClassifier(**SMALL, callbacks=[keep])
    outer = clone(inner).set_params(callbacks=[keep, lambda _: bool(inner.fit(X, CLASSES))])
    with pytest.raises(InputError, match="is being written by another run"):
        outer.fit(X, CLASSES)


def test_a_disk_that_is_full_does_not_end_a_training(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    model = MLPClassifier(**SMALL)
    kept = clone(model).set_params(callbacks=[Checkpoint(tmp_path / "c", every=5)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.warns(UserWarning, match="No checkpoint: .* Training goes on") as warned:
            kept.fit(X, CLASSES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "File too large" in str(warned[0].message)
    assert_equal(kept, model.fit(X, CLASSES))
    assert list(tmp_path.iterdir()) == []


def test_an_estimator_with_a_checkpoint_is_copied_and_pickled() -> None:
    model = MLPClassifier(**SMALL, callbacks=[Checkpoint("c", every="5 min")])
    for copy in (clone(model), pickle.loads(pickle.dumps(model))):
        assert repr(copy.callbacks) == "[Checkpoint('c', every='5 min')]"
