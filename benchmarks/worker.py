"""`python -m benchmarks.worker PEER`: the process of a peer, which trains when it is asked to.

It reads a request a line, as JSON: a task to make ready, or null to train once.  It answers with
what the training came to.  "sgemm" is no peer but a large matrix product, to which null is enough;
it says how fast the machine is at that moment.
"""

import json
import os
import sys
import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from .peers import PEERS, Trained
from .task import Task

SGEMM = "sgemm"
SIDE = 2048
PRODUCTS = 5  # the first wakes the threads


def multiplier() -> Callable[[], dict[str, Any]]:
    """Return what times products of two matrices of SIDE × SIDE and says the best's GF/s."""
    a, b = np.random.default_rng(0).random((2, SIDE, SIDE), dtype=np.float32)
    out = np.empty_like(a)

    def multiply() -> dict[str, Any]:
        seconds = []
        for _ in range(PRODUCTS):
            start = perf_counter()
            np.matmul(a, b, out=out)
            seconds.append(perf_counter() - start)
        return {"gflops": 2e-9 * SIDE**3 / min(seconds)}

    return multiply


def trainer(key: str, task: Task) -> Callable[[], dict[str, Any]]:
    """Return what trains and says how long it took and which loss it came to."""
    train = PEERS[key].load()(task)
    X, y = task.data()
    X, y = X[:2048], y[:2048]  # enough to compare losses by

    def run() -> dict[str, Any]:
        trained: Trained = train()
        types = {array.dtype.name for layer in trained.layers for array in layer}
        if types != {task.dtype}:
            raise TypeError(f"trained in {', '.join(sorted(types))} instead of {task.dtype}")
        loss = task.loss(trained.layers, X, y)
        return {"seconds": trained.seconds, "set_up": trained.set_up, "loss": loss}

    return run


def main() -> None:
    """Answer requests until there are no more."""
    key = sys.argv[1]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    warnings.simplefilter("ignore")  # training is cut short: a number of epochs is the point
    run: Callable[[], dict[str, Any]] = multiplier() if key == SGEMM else dict
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request is None:
                answer = run()
            else:
                run = trainer(key, Task(**request))
                answer = {}
        except Exception as error:
            first = next(iter(str(error).splitlines()), "")
            answer = {"error": f"{type(error).__name__}: {first}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
