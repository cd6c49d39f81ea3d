"""Turns: peers do the same work one after the other, again and again, with the same result.

What else the machine does changes from second to second; turns let all suffer alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .crew import Crew, PeerError
from .measurement import Measurement, difference
from .task import Task
from .worker import SGEMM


class UnequalWorkError(Exception):
    """Two trainings that should have been the same came to different losses."""


def measure(task: Task, keys: Sequence[str], crew: Crew, n_turns: int) -> Measurement:
    """Time peers in turns, after one turn that is not counted; compare the losses of each.

    Raises:
        UnequalWorkError: if two losses differ by more than the tolerance.
    """
    failed: dict[str, str] = {}
    answers: dict[str, list[dict[str, Any]]] = {key: [] for key in keys}
    speeds = []
    for turn in range(1 + n_turns):
        for key in [key for key in keys if key not in failed]:
            try:
                if turn == 0:
                    crew.prepare(key, task)
                answers[key].append(crew.run(key))
            except PeerError as error:
                failed[key] = str(error)
                del answers[key]
        require_equal(task, {key: said[-1]["loss"] for key, said in answers.items()})
        if task.dtype == "float32" and keys and turn:
            speeds.append(crew.run(SGEMM)["gflops"])
    counted = {key: said[1:] for key, said in answers.items()}
    return Measurement(
        task,
        {key: [task.scale * one["seconds"] for one in said] for key, said in counted.items()},
        {key: said[-1]["loss"] for key, said in counted.items()},
        {
            key: min(one["set_up"] for one in said)
            for key, said in counted.items()
            if said[0]["set_up"] is not None
        },
        failed,
        max(speeds, default=None),
        crew.n_threads,
    )


def require_equal(task: Task, losses: Mapping[str, float]) -> None:
    """Refuse losses that differ by more than the tolerance, or that are no numbers."""
    if not difference(losses.values()) <= task.tolerance:  # NaN is unequal, too
        listed = ", ".join(f"{key} {loss:.9g}" for key, loss in losses.items())
        raise UnequalWorkError(
            f"{task.name}: the losses differ by more than {task.tolerance:g} of the smallest: "
            f"{listed}."
        )
