"""What is the program's own: functions and classes of rewritten modules."""

import builtins
import sys
import types
from typing import Any

BUILTINS: dict[str, Any] = dict(vars(builtins))  # of rewritten modules: `trace` adds the helpers


def is_rewritten(function: Any) -> bool:
    """Whether a function's code was rewritten, so that it notes what it does by itself."""
    scope = getattr(function, "__globals__", None)
    return scope is not None and scope.get("__builtins__") is BUILTINS


def is_of_program(thing: Any) -> bool:
    """Whether a function, method, class or instance is defined in a rewritten module."""
    if isinstance(thing, types.FunctionType):
        return is_rewritten(thing)
    if isinstance(thing, types.MethodType):
        return is_of_program(thing.__func__)
    owner = thing if isinstance(thing, type) else type(thing)
    module = sys.modules.get(getattr(owner, "__module__", None) or "")
    return module is not None and vars(module).get("__builtins__") is BUILTINS
