"""One step of training for a terminal: each number before, its gradient, its step, and after."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..reports import Numbers, ParameterStep, StepTrace
from ..words import counted
from .characters import printable

MOST = 500  # numbers that a person reads


def step_trace(trace: StepTrace, console: Console) -> str:
    """Return a line a parameter; lines end without blanks."""
    with console.capture() as captured:
        console.print(Text(printable(_title(trace)), style="bold"))
        console.print(
            Text(f"  J goes from {trace.objective_before:.6g} to {trace.objective_after:.6g}")
        )
        console.print()
        _whole(_table(trace), console)
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))


def _whole(table: Table, console: Console) -> None:
    """Print a table as wide as it is: on a narrow terminal a long line, but every digit."""
    unbounded = console.options.update(max_width=1000)
    table.width = console.measure(table, options=unbounded).maximum
    console.print(table, crop=False)


def _title(trace: StepTrace) -> str:
    rows = trace.rows[0] if len(trace.rows) == 1 else counted(len(trace.rows), "row")
    return f"One step of {trace.optimizer} over {rows}: {', '.join(_settings(trace))}"


def _settings(trace: StepTrace) -> Iterator[str]:
    """Say each setting that has a part in the step."""
    settings = trace.settings
    for name, value in settings.items():
        if isinstance(value, bool):
            if value and settings["momentum"]:
                yield name
        elif value:
            yield f"{name.replace('_', ' ')} {value:g}"


def _table(trace: StepTrace) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 2))
    table.add_column("", no_wrap=True)
    for heading in ("before", "gradient", "step", "after"):
        table.add_column(heading, justify="right", no_wrap=True)
    for parameter in trace.parameters:
        for cells in _rows(parameter):
            table.add_row(*cells)
    return table


def _rows(parameter: ParameterStep) -> Iterator[tuple[str, ...]]:
    parts = (parameter.before, parameter.gradient, parameter.step, parameter.after)
    for place, *numbers in zip(_places(parameter.before), *map(_flat, parts), strict=True):
        yield f"{parameter.name}[{place}]", *(f"{number:+.6g}" for number in numbers)


def _places(array: Numbers) -> Iterator[str]:
    for k, part in enumerate(array):
        if isinstance(part, tuple):
            yield from (f"{k}, {place}" for place in _places(part))
        else:
            yield str(k)


def _flat(array: Any) -> Iterator[float]:
    if isinstance(array, tuple):
        for part in array:
            yield from _flat(part)
    else:
        yield array
