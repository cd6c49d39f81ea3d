"""The shape of the project: who imports whom, how heavy the start is, how long files are."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS
from layers import LAYERS

import chainrule

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "chainrule"
FILES = sorted(SOURCE.rglob("*.py"))
MODULES = {
    ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in FILES
}

LEVEL = {module: level for level, layer in enumerate(LAYERS) for module in layer}
EXPRESSIONS = {f"derivation.{name}" for name in ("record", "building", "notation", "writing")}
RULES = {"update_rules.architecture", "update_rules.record", "derivation.grammar"}
ALONE = {name: set[str]() for name in ("chain", "factors", "errors", "words", "scratch")}


def imports_of(module: str) -> set[str]:
    """The package's modules that a module imports when it is imported itself."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = package.split(".") if package else []
            base = parts[: len(parts) - node.level + 1]
            if node.module:
                found.add(".".join([*base, node.module]))
            else:
                found |= {
                    name
                    for alias in node.names
                    if (name := ".".join([*base, alias.name])) in MODULES
                }
    return found


def test_every_module_has_its_layer() -> None:
    assert set(MODULES) - {"__init__"} == set(LEVEL) | {"scratch"}


@pytest.mark.parametrize("module", sorted(LEVEL))
def test_imports_run_one_way(module: str) -> None:
    for imported in imports_of(module):
        assert LEVEL[imported] <= LEVEL[module], f"{module} imports {imported}"


@pytest.mark.parametrize("module", sorted(ALONE))
def test_the_foundations_import_nothing_of_ours(module: str) -> None:
    assert imports_of(module) == ALONE[module]


def test_activations_import_only_the_chain() -> None:
    assert imports_of("activations") == {"chain"}


def test_render_knows_records_only() -> None:
    for module in MODULES:
        if module.startswith("render."):
            outside = {name for name in imports_of(module) if not name.startswith("render")}
            records = {
                "factors",
                "facts",
                "observed",
                "reports",
                "words",
                "locate.record",
                *EXPRESSIONS,
                *RULES,
            }
            assert outside <= records, module


def test_only_commands_and_displays_render() -> None:
    for module in MODULES:
        if not module.startswith(("render", "cli")) and not module.endswith("display"):
            assert not any(name.startswith("render") for name in imports_of(module)), module


def test_chain_fits_one_screen() -> None:
    assert len(MODULES["chain"].read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("file", [*FILES, *sorted((ROOT / "tests").glob("*.py"))], ids=str)
def test_files_are_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


def test_functions_are_short() -> None:
    """At most 40 lines, docstring and signature apart: an option list is not logic."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if body:
                    length = (body[-1].end_lineno or 0) - body[0].lineno + 1
                    assert length <= 40, f"{file.name}: {node.name} has {length} lines"


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("import chainrule", set()),
        ("import chainrule.scratch", set()),
        ("import chainrule.cli", {"typer"}),
        ("import chainrule.cli.where", {"typer", "numpy"}),
        ("import chainrule.cli.derive", {"typer"}),
        ("import chainrule; chainrule.derive", {"sympy"}),
        ("import chainrule; chainrule.where", {"numpy"}),
        ("import chainrule.kept, chainrule.explanation", {"numpy"}),
    ],
)
def test_the_start_is_light(command: str, allowed: set[str]) -> None:
    heavy = {"sklearn", "numba", "pandas", "matplotlib", "sympy", "typer", "rich", "autograd"}
    heavy |= {"numpy", "scipy"}
    heavy -= allowed
    code = f"{command}; import sys; print(*sorted({heavy} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=SECONDS
    )
    assert result.stdout.strip() == ""


def test_public_names_are_there_and_no_module_takes_their_place() -> None:
    for module in pkgutil.walk_packages(chainrule.__path__, "chainrule."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in chainrule.__all__:
        assert name in dir(chainrule)
        assert not isinstance(getattr(chainrule, name), type(chainrule)), name
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        chainrule.nonsense  # noqa: B018


def test_every_module_has_a_test_file() -> None:
    tested = {file.stem.removeprefix("test_") for file in (ROOT / "tests").glob("test_*.py")}
    for module in MODULES:
        top = module.partition(".")[0]
        if top not in {"__init__", "__main__", "errors"}:
            assert top in tested, module


def test_no_process_outlives_its_test() -> None:
    """What a test starts has a time limit; `commands.started` is the one that opens pipes."""
    for file in sorted((ROOT / "tests").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                limited = any(keyword.arg == "timeout" for keyword in node.keywords)
                assert called != "subprocess.run" or limited, f"{file.name}:{node.lineno}"
                assert called != "subprocess.Popen" or file.name == "commands.py", file.name
