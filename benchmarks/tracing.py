"""`python -m benchmarks.tracing`: what tracing a foreign program costs, beside running it alone.

No test asserts these times; the figures belong to the machine that they are measured on.
"""

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from chainrule.locate.graph import Position
from chainrule.locate.ownership import BUILTINS
from chainrule.locate.program import Run, captured, run
from chainrule.locate.replay import mismatches
from chainrule.locate.rewrite import rewrite

SCALARS = """
def work(a, b, n):
    for _ in range(n):
        a * b; a + b; a - b; a * b; a + b; a - b; a * b; a + b; a - b; a * b
"""
ARRAYS = """
import numpy as np
a = np.ones(({0}, {0}))
b = a * 0.5
for _ in range({1}):
    c = a * b
"""
TURNS = 5


def seconds(action: Callable[[], object]) -> float:
    """Return the median time of an action."""
    times = []
    for _ in range(TURNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def traced(text: str) -> Run:
    """Run a program's text under the tracer."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.py"
        script.write_text(text, encoding="utf-8")
        stream, _ = captured()
        return run(script, output=stream)


def scalars() -> None:
    """Print the cost of one operation on two floats."""
    n, positions = 3000, list[Position]()
    plain: dict[str, Callable[..., None]] = {}
    exec(SCALARS, plain)
    rewritten: dict[str, Callable[..., None]] = {"__builtins__": BUILTINS}  # type: ignore[dict-item]
    exec(rewrite(SCALARS, "script.py", positions), rewritten)
    alone = seconds(lambda: plain["work"](0.5, 0.25, n)) / n / 10
    untracked = seconds(lambda: rewritten["work"](0.5, 0.25, n)) / n / 10
    call, empty = f"{SCALARS}\nx = 0.5\ny = 0.25\nwork(x, y, {n})\n", f"{SCALARS}\nx = 0.5\n"
    tracked = (seconds(lambda: traced(call)) - seconds(lambda: traced(empty))) / n / 10
    graph = traced(call).graph
    check = seconds(lambda: mismatches(graph)) / len(graph.nodes)
    tracemalloc.start()
    kept = traced(call)
    octets = tracemalloc.get_traced_memory()[0] / len(kept.graph.nodes)
    tracemalloc.stop()
    print(
        f"one scalar operation: alone {alone * 1e9:.0f} ns, rewritten {untracked * 1e9:.0f} ns, "
        f"traced {tracked * 1e9:.0f} ns and {octets:.0f} bytes, replayed {check * 1e9:.0f} ns"
    )


def arrays(size: int, n: int) -> None:
    """Print the cost of one product of two square arrays."""
    text, short = ARRAYS.format(size, n), ARRAYS.format(size, 0)
    code, start = compile(text, "script.py", "exec"), compile(short, "script.py", "exec")
    alone = (seconds(lambda: exec(code, {})) - seconds(lambda: exec(start, {}))) / n
    tracked = (seconds(lambda: traced(text)) - seconds(lambda: traced(short))) / n
    print(
        f"one {size} × {size} array product: alone {alone * 1e6:.2f} µs, "
        f"traced {tracked * 1e6:.2f} µs, {tracked / alone:.1f} times"
    )


def main() -> None:
    """Print all costs."""
    scalars()
    for size, n in ((4, 5000), (32, 5000), (256, 300)):
        arrays(size, n)


if __name__ == "__main__":
    main()
