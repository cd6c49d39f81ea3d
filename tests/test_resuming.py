"""The folds of a run in one checkpoint: what is over stays, what is under way goes on."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from listening import Listener

from chainrule.checkpoint_file import read_checkpoint
from chainrule.datasets import iris
from chainrule.errors import InputError
from chainrule.experiment import Outcome, run
from chainrule.pace import Pace
from chainrule.preparation import Options, Prepared, prepare
from chainrule.recipes import CLASSIC, STANDARD, Recipe
from chainrule.resuming import KeptRun

OPTIONS = Options(folds=2)
RECIPES = {
    "in turn": STANDARD.changed(epochs=12),
    "together": CLASSIC.changed(epochs=12),
    "lbfgs": STANDARD.changed(epochs=8, solver="lbfgs"),
}


class Ends(Listener):
    """Raises after so many epochs of all networks, as if the process were killed."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.left = epochs

    def epoch(self, number: int, loss: float) -> None:
        super().epoch(number, loss)
        self.left -= 1
        if not self.left:
            raise RuntimeError("killed")


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare(iris(), OPTIONS)


def trained(prepared: Prepared, recipe: Recipe, kept: KeptRun | None, heard: Any = None) -> Outcome:
    return run(prepared, recipe, OPTIONS, heard or Listener(), kept=kept)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("epochs", [1, 14, 30])
@pytest.mark.parametrize("name", ["in turn", "together"])
def test_a_run_that_was_killed_ends_as_if_it_had_not_been(
    name: str, epochs: int, engine: str, prepared: Prepared, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("CHAINRULE_ENGINE", engine)
    recipe, file = RECIPES[name], tmp_path / "c"
    with pytest.raises(RuntimeError, match="killed"):
        trained(prepared, recipe, KeptRun(file, Pace(epochs=1)), Ends(epochs))
    heard = Listener()
    kept = read_checkpoint(file) if file.exists() else None
    found = trained(prepared, recipe, KeptRun(file, Pace(epochs=1), kept), heard)
    expected = trained(prepared, recipe, None)
    assert_same(found, expected)


def assert_same(found: Outcome, expected: Outcome) -> None:
    one, other = (outcome.model.estimator.parameters_.flat for outcome in (found, expected))
    assert np.array_equal(one, other)
    assert found.report is not None
    assert expected.report is not None
    assert replace(found.report, seconds=0) == replace(expected.report, seconds=0)


def test_what_is_over_is_not_trained_again(prepared: Prepared, tmp_path: Path) -> None:
    recipe, file, heard = RECIPES["in turn"], tmp_path / "c", Listener()
    with pytest.raises(RuntimeError, match="killed"):
        trained(prepared, recipe, KeptRun(file, Pace(epochs=5)), Ends(19))
    kept = read_checkpoint(file)
    assert {label: state.is_over for label, state in kept.states.items()} == {
        "fold 1 of 2": True,
        "fold 2 of 2": False,
    }
    assert kept.states["fold 2 of 2"].epoch == 6
    assert set(kept.states["fold 1 of 2"].arrays) == {
        "flat", "loss_curve", "validation_losses", "validation_scores",
    }  # fmt: skip
    trained(prepared, recipe, KeptRun(file, Pace(epochs=5), kept), heard)
    assert len(heard.epochs) == 7 + 12


def test_lbfgs_goes_on_from_its_last_iteration(prepared: Prepared, tmp_path: Path) -> None:
    recipe, file = RECIPES["lbfgs"], tmp_path / "c"
    with pytest.raises(RuntimeError, match="killed"):
        trained(prepared, recipe, KeptRun(file, Pace(epochs=1)), Ends(12))
    found = trained(prepared, recipe, KeptRun(file, Pace(epochs=1), read_checkpoint(file)))
    assert found.model.estimator.n_iter_ == 8


def test_another_run_is_refused_with_what_differs(prepared: Prepared, tmp_path: Path) -> None:
    recipe, file = RECIPES["in turn"], tmp_path / "c"
    trained(prepared, recipe, KeptRun(file, Pace(epochs=5)))
    told: list[str] = []
    kept = KeptRun(file, Pace(epochs=5), read_checkpoint(file), told.append, "going on")
    with pytest.raises(InputError) as refused:
        trained(prepared, recipe.changed(hidden=(7, 2), learning_rate=0.1), kept)
    assert told == []  # it does not go on
    assert str(refused.value) == (
        f"`{file}` is of a training with other settings: `--hidden` was [16] and is [7, 2], "
        "`--learning-rate` was 0.01 and is 0.1. Say what was said then, or leave `--resume` out to "
        "begin anew."
    )
    other = replace(prepared, encoded=prepared.encoded + 1e-9)
    with pytest.raises(InputError, match="of a training with other data: `the inputs` holds other"):
        trained(other, recipe, kept)
