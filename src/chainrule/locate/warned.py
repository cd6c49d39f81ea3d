"""A traced program's warnings, as in a process of its own: each once, at the program's own line.

NumPy warns of an overflow where it is called; under the tracer that is a line of ours.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .recorder import recorder

_OURS = Path(__file__).parent
_HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


@contextmanager
def own_warnings() -> Iterator[None]:
    """Warn as a fresh Python process does, not as the host of this run was told to."""
    registries: dict[str, dict[Any, Any]] = {}  # of each file, what it has warned of
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter("default")
        for hidden in _HIDDEN:
            warnings.simplefilter("ignore", hidden)
        # all of these come from one line of ours: which are repeated, the program's line tells
        warnings.filterwarnings("always", category=RuntimeWarning, module=r"chainrule\.locate\.")
        show = warnings.showwarning

        def at_own_line(
            message: Any, category: Any, filename: str, lineno: int, *rest: Any, **named: Any
        ) -> None:
            position = recorder.graph.positions[recorder.position]
            if Path(filename).parent != _OURS or not position.file:
                show(message, category, filename, lineno, *rest, **named)
                return
            registry = registries.setdefault(position.file, {})
            warnings.warn_explicit(
                message, category, position.file, position.line, registry=registry
            )

        warnings.showwarning = at_own_line
        yield
