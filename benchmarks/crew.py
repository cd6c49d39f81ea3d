"""The crew: a process for each peer, so that no two pools of threads live in one."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from time import sleep
from typing import Any, Self

from .task import Task

ROOT = Path(__file__).resolve().parent.parent
SETTLE = 0.03  # seconds until the threads of the peer before have gone to sleep
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


class PeerError(Exception):
    """A peer could not do what it was asked to."""


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def environment(n_threads: int) -> dict[str, str]:
    """Return the environment of a process with so many threads in each of its pools."""
    limits = dict.fromkeys(THREADS, str(n_threads))
    xla = {"XLA_FLAGS": ONE_THREAD} if n_threads == 1 else {}
    return {**os.environ, **limits, **xla, "PYTHONUTF8": "1"}


class Crew:
    """Workers, each started when it is first asked; all have the same number of threads."""

    def __init__(self, n_threads: int) -> None:
        self.n_threads = n_threads
        self.workers: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.communicate()

    def prepare(self, key: str, task: Task) -> None:
        """Let a peer make a task ready."""
        self._ask(key, {**asdict(task), "at_least": {}})

    def run(self, key: str) -> dict[str, Any]:
        """Let a peer do once what it has made ready; return its answer."""
        sleep(SETTLE)
        return self._ask(key, None)

    def _ask(self, key: str, request: dict[str, Any] | None) -> dict[str, Any]:
        worker = self.workers.get(key) or self._start(key)
        assert worker.stdin
        assert worker.stdout
        try:
            worker.stdin.write(f"{json.dumps(request)}\n")
            worker.stdin.flush()
        except BrokenPipeError:
            pass
        line = worker.stdout.readline()
        answer = json.loads(line) if line else {"error": "its process ended"}
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer

    def _start(self, key: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"{__package__}.worker", key]
        self.workers[key] = subprocess.Popen(
            command, cwd=ROOT, env=environment(self.n_threads), text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return self.workers[key]
