"""Why a program could not be followed, as one sentence with the line and what to do about it."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path

from .program import Failure, Run
from .script import Script

# libraries that differentiate by themselves, and what is called for it
FRAMEWORKS = {
    "torch": ("backward", "grad"),
    "tensorflow": ("GradientTape", "fit", "minimize", "gradients"),
    "keras": ("fit",),
    "jax": ("grad", "value_and_grad", "vjp", "jacrev", "jacfwd"),
    "autograd": ("grad", "value_and_grad", "elementwise_grad", "vjp"),
    "theano": ("grad",),
    "mxnet": ("backward",),
    "paddle": ("backward",),
    "tinygrad": ("backward",),
    "chainer": ("backward",),
}
# what NumPy has removed, and what to write instead
REMOVED = {
    "float": "float", "int": "int", "bool": "bool", "object": "object", "complex": "complex",
    "str": "str", "long": "int", "unicode": "str", "float_": "np.float64", "int0": "np.intp",
    "complex_": "np.complex128", "asfarray": "np.asarray(x, dtype=float)", "product": "np.prod",
    "cumproduct": "np.cumprod", "alltrue": "np.all", "sometrue": "np.any", "round_": "np.round",
    "in1d": "np.isin", "row_stack": "np.vstack", "trapz": "np.trapezoid", "mat": "np.asmatrix",
    "Inf": "np.inf", "Infinity": "np.inf", "infty": "np.inf", "PINF": "np.inf", "NINF": "-np.inf",
    "NaN": "np.nan", "msort": "np.sort(x, axis=0)", "find_common_type": "np.result_type",
    "asscalar": "x.item()", "bool8": "np.bool_", "string_": "np.bytes_", "unicode_": "np.str_",
    "cast": "np.asarray(x, dtype=…)", "source": "inspect.getsource", "who": "nothing",
}  # fmt: skip
_REMOVED = re.compile(r"^module 'numpy' has no attribute '(\w+)'|^`np\.(\w+)` was removed")
_PYTHON_2_NAMES = {"xrange", "raw_input", "unicode", "unichr", "long", "basestring", "reduce"}
_PYTHON_2_NAMES |= {"cPickle", "urllib2", "Tkinter", "ConfigParser", "StringIO", "Queue"}
_PYTHON_2_NAMES |= {"iteritems", "itervalues", "iterkeys", "has_key"}


def framework_used(tree: ast.Module, stubs: Sequence[str]) -> tuple[str, int] | None:
    """Return the framework by which a script differentiates, and the line of its import."""
    found: dict[str, int] = {}
    called: set[str] = set()
    own: set[str] = set()  # layers written by hand have a `backward` too
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module in _imported(node):
                found.setdefault(module.partition(".")[0], node.lineno)
        elif isinstance(node, ast.Call):
            called.add(getattr(node.func, "attr", getattr(node.func, "id", "")))
        elif isinstance(node, ast.FunctionDef):
            own.add(node.name)
    for framework, callers in FRAMEWORKS.items():
        if framework in found and framework not in stubs and (called - own) & set(callers):
            return framework, found[framework]
    return None


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [] if node.level or node.module is None else [node.module]


def without_framework(run: Run, script: Script) -> str | None:
    """Return why a program that could not import a framework has no verdict; None if it could."""
    if run.failure is None or not isinstance(run.failure.error, ModuleNotFoundError):
        return None
    top = (run.failure.error.name or "").partition(".")[0]
    if top not in FRAMEWORKS:
        return None
    return (
        f"{_place(run.failure, script)}: `{top}` is not installed here, and what it computes "
        f"could not be followed; if only its data are needed, read them without it, or try "
        f"`--stub {top}`."
    )


def mishap(run: Run, script: Script, asked: bool, seconds: float | None) -> str | None:
    """Return what kept a program from its end, None if nothing did; `asked`: it read stdin."""
    if run.failure is not None:
        return _failure(run.failure, script, asked)
    if run.ended == "exit" and isinstance(run.code, str):
        return f"`{script.name}` ended itself: {_one_line(run.code)}."
    if run.ended == "exit" and run.code not in (None, 0):
        why = "what it printed (`--echo` shows it) may say why"
        return f"`{script.name}` ended itself with exit status {run.code}; {why}."
    if run.limit == "seconds":
        return f"`{script.name}` was stopped after {seconds:g} s; `--max-seconds` allows more."
    if run.limit == "steps":
        count = f"{len(run.graph.nodes):,}"
        return f"`{script.name}` was stopped after {count} operations; give it less data."
    return None


def _failure(failure: Failure, script: Script, asked: bool) -> str:
    error = failure.error
    removed = _REMOVED.search(_text(error))
    name = removed and (removed[1] or removed[2])
    if name in REMOVED:
        return f"{_place(failure, script)}: NumPy has removed `np.{name}`; write `{REMOVED[name]}`."
    told = _one_line(_text(error))
    sentence = f"{_place(failure, script)}: {type(error).__name__}{': ' if told else ''}{told}"
    return f"{sentence.rstrip('.')}{_advice(error, script, asked)}."


def _place(failure: Failure, script: Script) -> str:
    if not failure.file:
        return f"`{script.name}`"
    if failure.file == str(script.path):
        return f"`{script.name}`, {script.place(failure.line)}"
    return f"`{Path(failure.file).name}`, line {failure.line}"


def _advice(error: BaseException, script: Script, asked: bool) -> str:
    """Return what to do about an exception, "" if nothing is known."""
    name = getattr(error, "name", None) or ""
    if name in _PYTHON_2_NAMES:
        return f"; `{name}` is Python 2, so convert the script to Python 3 first"
    if isinstance(error, ModuleNotFoundError):
        top = name.partition(".")[0]
        return f"; install it, or add `--stub {top}` if no gradient needs it"
    if isinstance(error, FileNotFoundError):
        return f"; the program runs in its own folder, {script.path.parent}"
    if asked:
        return "; it read standard input, which is empty here: put the value into the script"
    return ""


def _text(error: BaseException) -> str:
    """Return an exception's message, which is the program's own code to make."""
    try:
        return str(error)
    except Exception:
        return ""


def _one_line(text: str) -> str:
    """Return the first paragraph of a message on one line."""
    return " ".join(text.strip().split("\n\n")[0].split())[:300]
