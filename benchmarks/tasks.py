"""The table of tasks, in the order of the report."""

from collections.abc import Sequence

from .task import Task

FRAMEWORKS = ("jax", "torch", "torch-compiled", "numpy-by-hand")
AHEAD = dict.fromkeys((*FRAMEWORKS, "scikit-learn"), 1.0)
"""At no task is a peer to be faster."""

TINY, SMALL = (7, 5, 3), (64, 32, 10)
MEDIUM, WIDE, LARGE = (784, 128, 10), (784, 512, 512, 10), (4096, 4096, 4096, 10)


def _tiny(name: str, folds: int, at_most: float) -> Task:
    return Task(
        name, TINY, "sgd", 1, 4200, epochs=5, tiny=True, dtype="float64",
        one_thread=True, at_least={**AHEAD, "scratch": 1.0}, at_most=at_most, folds=folds,
    )  # fmt: skip


def _small(solver: str) -> Task:
    wanted = {**AHEAD, "jax": 2.4, "scikit-learn": 20.0}
    return Task(
        f"small-{solver}", SMALL, solver, 32, 1792, 60, digits=True, one_thread=True,
        at_least=wanted,
    )  # fmt: skip


def _lbfgs(name: str, sizes: tuple[int, ...], rows: int, iterations: int) -> Task:
    return Task(
        name, sizes, "lbfgs", rows, rows, iterations, digits=sizes == SMALL,
        one_thread=sizes == SMALL, dtype="float64", at_least={"scikit-learn": 1.0},
    )  # fmt: skip


TASKS = (
    _tiny("tiny", 1, 110),
    _tiny("tiny-folds", 8, 60),
    _small("momentum"),
    _small("adam"),
    _lbfgs("small-lbfgs", SMALL, 1792, 20),
    *(
        Task(f"{name}-{batch}-{solver}", sizes, solver, batch, rows, epochs, at_least=AHEAD)
        for name, sizes, rows in (("medium", MEDIUM, 4096), ("wide", WIDE, 2048))
        for batch, epochs in ((32, 2), (128, 4), (1024, 6))
        for solver in ("sgd", "adam")
    ),
    _lbfgs("medium-lbfgs", MEDIUM, 4096, 15),
    Task("large", LARGE, "sgd", 512, 2048, 1, at_least=AHEAD, of_sgemm=0.85),
)


def chosen(names: Sequence[str]) -> list[Task]:
    """Return the tasks whose names begin with one of these; all, of none."""
    return [task for task in TASKS if not names or task.name.startswith(tuple(names))]
