"""Which engine trains, and what is said where it cannot be the one that was asked for."""

import doctest
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import SECONDS, run
from scipy.sparse import csr_array

from chainrule import engines
from chainrule.activations import Activation
from chainrule.errors import InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.losses import Loss

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(30, 4))
y = (X[:, 0] > 0).astype(int)


def double(z: np.ndarray) -> np.ndarray:
    return 2 * z


def two(z: np.ndarray) -> np.ndarray:
    return np.full_like(z, 2)


def error(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return ((a - y) ** 2).sum(axis=1)


def slope(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 2 * (a - y)


OWN_ACTIVATION = Activation("double", double, two, None, "2z", "2")
OWN_LOSS = Loss("mine", error, slope, "Σ (a − y)²", "2(a − y)")


@pytest.fixture(autouse=True)
def _nothing_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(engines.VARIABLE, raising=False)
    monkeypatch.setattr(engines._Missed, "by_sizes", {})


def fitted(**settings: Any) -> MLPClassifier:
    return MLPClassifier((3,), max_iter=2, random_state=0, **settings).fit(X, y)


def test_the_engine_named_is_the_one_that_runs() -> None:
    assert fitted(engine="numba").engine_ == "numba"
    assert fitted(engine="numpy").engine_ == "numpy"


def test_auto_does_not_compile_for_what_is_over_at_once() -> None:
    assert fitted().engine_ == "numpy"


def test_auto_compiles_what_takes_long() -> None:
    model = MLPClassifier((3,), batch_size=1, max_iter=10**6, n_iter_no_change=np.inf)
    assert model.set_params(max_time=0.2).fit(X, y).engine_ == "numba"
    assert model.stop_reason_ == "max_time"


def test_auto_remembers_what_short_trainings_have_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines._Missed, "by_sizes", {(9, 9): 1e9})
    assert fitted().engine_ == "numba"


def test_the_environment_says_what_auto_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(engines.VARIABLE, "numba")
    assert fitted().engine_ == "numba"
    assert fitted(engine="numpy").engine_ == "numpy"
    assert fitted(activation=OWN_ACTIVATION).engine_ == "numpy"
    monkeypatch.setenv(engines.VARIABLE, "cuda")
    with pytest.raises(InputError, match="CHAINRULE_ENGINE must be one of auto, numba, numpy"):
        fitted()


@pytest.mark.parametrize(
    ("settings", "rows", "lacking"),
    [
        ({"activation": OWN_ACTIVATION}, X, "the activation 'double', a Python function"),
        ({"loss": OWN_LOSS}, X, "the loss 'mine', a Python function"),
        ({}, csr_array(X), "sparse rows"),
    ],
)
def test_what_has_no_kernel_is_said(settings: dict[str, Any], rows: Any, lacking: str) -> None:
    model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2, engine="numba", **settings)
    with pytest.raises(InputError) as refused:
        model.fit(rows, X[:, 0])
    assert lacking in str(refused.value)
    assert "Take 'auto' or 'numpy'." in str(refused.value)
    assert not hasattr(model, "parameters_")
    assert model.set_params(engine="auto").fit(rows, X[:, 0]).engine_ == "numpy"


def test_a_training_cut_short_saves_no_more_than_it_may_take() -> None:
    assert fitted(max_time=0.01).engine_ == "numpy"
    model = MLPClassifier((3,), max_iter=10**9, max_time=0.01).fit(X, y)
    assert model.engine_ == "numpy"


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(engines.VARIABLE, "")
    assert fitted().engine_ == "numpy"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(InputError, match="`engine` must be one of auto, numba, numpy"):
        fitted(engine="cuda")


def test_the_page_prints_what_it_shows() -> None:
    page = Path(__file__).resolve().parent.parent / "docs" / "engines.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried
    assert not failed


PROGRAM = """
import numpy as np
from chainrule import MLPClassifier
X = np.random.default_rng(0).normal(size=(30, 4))
for engine in {engines}:
    model = MLPClassifier((3,), batch_size={batch}, max_iter=10**6, max_time=1, engine=engine)
    try:
        print(model.fit(X, X[:, 0] > 0).engine_)
    except ValueError as error:
        print(error)
"""


def run_without_numba(
    folder: Path, reason: str, engines: list[str], batch: int = 2
) -> tuple[str, str]:
    """Run a program for which Numba is another, broken package of that name."""
    package = folder / "numba"
    package.mkdir()
    (package / "__init__.py").write_text(reason, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(engines=engines, batch=batch)],
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path])},
    )
    return result.stdout, result.stderr


def test_programs_for_small_networks_online_need_no_numba(tmp_path: Path) -> None:
    said, warned = run_without_numba(tmp_path, "raise ImportError", ["auto", "numba"], batch=1)
    assert said.split() == ["numba", "numba"]
    assert "Numba" not in warned


def test_auto_makes_a_program_where_it_pays_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    def engine(sizes: tuple[int, ...], epochs: int) -> str:
        online = MLPClassifier(sizes, batch_size=1, max_iter=epochs, n_iter_no_change=np.inf)
        return str(online.fit(X, y).engine_)

    assert engine((7, 2), 1) == "numpy"
    assert engine((7, 2), 300) == "numba"
    assert engine((7, 2), 50) == "numba"  # there it is
    assert engine((2, 7), 50) == "numpy"  # what others would have saved is not counted
    assert engine((2, 7), 50) == "numba"  # what the same network would have is


def test_without_numba_numpy_trains_and_one_line_says_so(tmp_path: Path) -> None:
    reason = "raise ImportError('no such library')"
    said, warned = run_without_numba(tmp_path, reason, ["auto", "auto", "numba"])
    lines = said.splitlines()
    assert lines[:2] == ["numpy", "numpy"]
    refused = "`engine` must not be 'numba' here, it cannot be loaded: ImportError"
    assert lines[2].startswith(refused)
    assert warned.count("Numba cannot be loaded (ImportError: no such library)") == 1


def test_a_broken_numba_is_as_none(tmp_path: Path) -> None:
    said, warned = run_without_numba(tmp_path, "raise SystemError('wrong version')", ["auto"])
    assert said == "numpy\n"
    assert "Numba cannot be loaded (SystemError: wrong version); NumPy trains" in warned


def test_the_command_says_it_as_all_else(tmp_path: Path) -> None:
    package = tmp_path / "numba"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('no such library')", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    said = run("train", "--epochs", 2, PYTHONPATH=path, CHAINRULE_ENGINE="numba")
    assert said.returncode == 0
    (line,) = [line for line in said.stderr.splitlines() if "Numba" in line]
    assert line.startswith("chainrule: Numba cannot be loaded (ImportError: no such library)")


WITHOUT_A_CACHE = """
import numba.core.caching as caching
import numpy as np
from chainrule import MLPClassifier, engines

engines.COMPILING = engines.LOADING = 0.1
{fault}
X = np.random.default_rng(0).normal(size=(30, 4))
for engine, epochs in (("numba", 3), ("auto", 10**6)):
    settings = dict(max_iter=epochs, n_iter_no_change=10**9, max_time=0.3, engine=engine)
    model = MLPClassifier((3,), **settings)
    print(model.fit(X, X[:, 0] > 0).engine_)
"""
FAULTS = {
    "nowhere": "caching.CacheImpl._locator_classes = []",
    "full": """
def full(*_given):
    raise OSError("no space left")
caching.IndexDataCacheFile.save = full""",
    "damaged": """
def damaged(*_given):
    raise EOFError("ran out of input")
caching.IndexDataCacheFile.load = damaged""",
}


SLOW = [pytest.param(fault, marks=pytest.mark.slow) for fault in ("full", "damaged")]


@pytest.mark.parametrize("fault", ["nowhere", *SLOW])
def test_where_nothing_can_be_kept_the_engine_compiles(fault: str, tmp_path: Path) -> None:
    """The cache of Numba is no condition: a folder for reading only, a full disk, damage."""
    program = WITHOUT_A_CACHE.format(fault=FAULTS[fault])
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True, text=True, check=False, timeout=SECONDS,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
    )  # fmt: skip
    assert result.stdout.split() == ["numba", "numba"], result.stderr
