import os
import platform
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import SECONDS

from chainrule.datasets import iris
from chainrule.errors import DivergenceError, InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
from chainrule.experiment import run
from chainrule.memory import BYTES, keep_freed_memory, memory_size, require_memory
from chainrule.preparation import Options, prepare
from chainrule.recipes import STANDARD
from chainrule.tables import Table


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of what was asked for, nothing refused."""
    asked: list[int] = []

    class Endless(float):
        def __lt__(self, needed: Any) -> bool:
            asked.append(needed)
            return False

    monkeypatch.setattr("chainrule.memory.memory_size", lambda: Endless("inf"))
    return asked


@pytest.fixture
def peak() -> Iterator[Callable[[], int]]:
    """The largest number of bytes in use at once since the test began."""
    keep_freed_memory()  # once a process; what it asks for is never written
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


class Silent:
    def begin(self, label: str, epochs: int) -> None:
        pass

    def epoch(self, number: int, loss: float) -> None:
        pass


def test_a_computer_that_does_not_tell_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 2**26 < memory_size() < 2**50
    monkeypatch.delattr(os, "sysconf")
    monkeypatch.setattr("chainrule.memory.LIMITS", ("/no/such/file",))
    assert memory_size() == float("inf")
    require_memory(10**30, "everything", "")


@pytest.mark.parametrize(("said", "size"), [("1000000\n", 1e6), ("max\n", None)])
def test_a_container_has_what_it_may_have(
    said: str, size: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.memory.LIMITS", ())
    whole = memory_size()
    limit = tmp_path / "memory.max"
    limit.write_text(said)
    monkeypatch.setattr("chainrule.memory.LIMITS", (str(limit), str(tmp_path)))
    assert memory_size() == (size or whole)


def test_what_just_fits_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: 8e9)
    require_memory(10**9, "it", "Take less.")
    with pytest.raises(
        InputError,
        match=r"^it needs at least 8.0 GB of memory, and there are 8.0 GB. Take less.$",
    ):
        require_memory(10**9 + 1, "it", "Take less.")


def test_tables_and_networks_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(iris(), Options())
    cells = 150 * 4
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: BYTES * (5 * cells - 1))
    with pytest.raises(InputError, match=r"`iris` with 150 rows and 4 inputs needs"):
        prepare(iris(), Options())
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: BYTES * 5 * cells)
    prepare(iris(), Options())
    numbers = 3 * cells + 8 * 131 + 150 * (16 + 3 + 16)
    monkeypatch.setattr("chainrule.memory.memory_size", lambda: BYTES * (numbers - 1))
    with pytest.raises(InputError, match="the network 4-16-3 with its 131 parameters needs"):
        run(prepared, STANDARD, Options(), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hidden", "solver", "rows", "activation"),
    [
        ((150_000,), "adam", 40, "tanh"),  # values of one wide layer, and its moments
        ((1000, 1000), "adam", 40, "tanh"),
        ((1000, 1000), "sgd", 40, "relu"),
        ((600, 600), "lbfgs", 40, "tanh"),
        ((500, 500, 500), "adam", 2000, "logistic"),  # values of many layers
    ],
)
def test_a_network_takes_about_what_was_foreseen(
    hidden: tuple[int, ...],
    solver: str,
    rows: int,
    activation: str,
    asked: list[int],
    peak: Callable[[], int],
) -> None:
    X = np.random.default_rng(0).normal(size=(rows, 2))
    model = MLPRegressor("squared_error", hidden, activation, solver=solver, max_iter=2, tol=0)
    model.set_params(random_state=0, batch_size=rows, engine="numpy")  # the other needs less
    with pytest.warns(match="before it converged"):
        model.fit(X, X[:, 0])
    assert 0.75 < asked[-1] / peak() < 1.4


def test_a_table_takes_about_what_was_foreseen(asked: list[int], peak: Callable[[], int]) -> None:
    """Of one text column with 800 values in 2,400 rows."""
    cells = [[f"v{row % 800}", str(row % 7), "ab"[row % 2]] for row in range(2400)]
    table = Table.of_rows("t", ("c", "x", "y"), cells, list(range(2400)), True, "comma")
    prepared = prepare(table, Options(split=0.2))
    run(prepared, STANDARD.changed(epochs=1), Options(split=0.2), Silent())
    assert 0.75 < max(asked) / peak() < 1.4


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"shuffle": False, "class_weight": "balanced"},
        {"early_stopping": "loss", "validation_fraction": 0.5, "shuffle": False},
        {"early_stopping": True, "class_weight": "balanced", "dropout": 0.1},
        {"early_stopping": True, "solver": "lbfgs"},
        {"learning_rate_init": 1e30, "solver": "sgd", "early_stopping": True},
    ],
)
def test_the_rows_are_held_once(settings: dict[str, Any], engine: str) -> None:
    """Beyond the array given, a training needs a block of rows and some numbers a row."""
    X = np.random.default_rng(0).normal(size=(40_000, 120)).astype(np.float32)
    y = (X[:, 0] > 0).astype(int)
    model = MLPClassifier((4,), max_iter=1, engine=engine, random_state=0).set_params(**settings)
    with suppress(DivergenceError), warnings.catch_warnings(action="ignore"):
        model.fit(X[:300], y[:300])  # what is loaded and compiled stays
    tracemalloc.start()
    try:
        with suppress(DivergenceError), warnings.catch_warnings(action="ignore"):
            model.fit(X, y, sample_weight=X[:, 1] ** 2)
        assert tracemalloc.get_traced_memory()[1] < 0.8 * X.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_estimators_refuse_what_cannot_fit(solver: str) -> None:
    model = MLPClassifier(hidden_layer_sizes=(10**15,), solver=solver)
    with pytest.raises(
        InputError, match=r"2-1000000000000000-1 .* GB\. Take .* `hidden_layer_sizes`\.$"
    ):
        model.fit([[0.0, 1.0], [1.0, 0.0]], [0, 1])


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_freed_memory_is_used_again() -> None:
    """Each page that the system lends anew is a fault."""
    code = """
import resource
import numpy as np
from chainrule.memory import keep_freed_memory

def faults(rounds):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(rounds):
        arrays = [np.ones((1797, 32)) for _ in range(5)]
        del arrays
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

lent = faults(100)
keep_freed_memory()
faults(1)
print(faults(100) / lent)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=SECONDS
    )
    assert float(done.stdout) < 0.05
