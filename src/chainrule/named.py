"""Settings by name: a name that an estimator does not have is answered with the nearest."""

import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def only_its_own(init: Callable[Concatenate[T, P], None]) -> Callable[Concatenate[T, P], None]:
    """Have an estimator's `__init__` say which setting was meant, where it has no such one."""
    known = [*inspect.signature(init).parameters][1:]

    @wraps(init)
    def checked(self: T, /, *args: P.args, **settings: P.kwargs) -> None:
        for name in settings:
            if name not in known:
                raise TypeError(no_such_setting(name, known, type(self).__name__))
        init(self, *args, **settings)

    return checked


def no_such_setting(name: str, known: Iterable[Any], owner: str) -> str:
    """Say that an estimator has no such setting, and which is nearest.

    >>> no_such_setting("hidden_layers", ["alpha", "hidden_layer_sizes"], "MLPClassifier")
    "MLPClassifier has no setting 'hidden_layers'. Did you mean 'hidden_layer_sizes'?"
    """
    known = sorted(known)
    nearest = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f"Did you mean {nearest[0]!r}?" if nearest else f"It has {', '.join(known)}."
    return f"{owner} has no setting {name!r}. {hint}"
