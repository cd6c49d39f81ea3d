"""The shape of the project: who imports whom, how heavy the start is, how long files are."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SECONDS

import chainrule

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "chainrule"
FILES = sorted(SOURCE.rglob("*.py"))
MODULES = {
    ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in FILES
}

# Layers, lowest first: a module imports only from layers below its own, or from its own layer.
LAYERS = [
    {"chain", "errors", "factors", "interrupts", "subset", "words"},
    {"activations", "names", "differences", "reports", "frames"},
    # what estimators show of themselves in a notebook; like all of `render`, it knows records only
    {"render", "render.characters", "render.epochs", "render.html_page", "render.json_text"},
    {"render.network_words"},
    {"render.network_drawing"},
    {"render.network_html", "render.network_text"},
    {"losses", "parameters", "check", "tables", "settings", "formula_activation"},
    {
        "archive",
        "links",
        "initializers",
        "hidden_layers",
        "encoding",
        "datasets",
        "reading",
        "memory",
    },
    {"network", "missing", "preparation"},
    {"cases", "weights", "routes"},
    {"opened", "kept", "plain", "measurements"},
    {"update_rules", "update_rules.architecture", "update_rules.record", "update_rules.elements"},
    {"update_rules.reading", "update_rules.softmax", "update_rules.layers"},
    {"emitted", "emitted.expressions", "emitted.layout"},
    {"emitted.parts"},
    {"emitted.functions"},
    {"emitted.plan"},
    {"emitted.losses", "emitted.samples"},
    {"emitted.arrays", "emitted.neurons", "emitted.heading"},
    {"emitted.emitting"},
    {"causes", "subject"},
    {"summary"},
    {"display", "optimizers", "divergence"},
    {"schedules", "history", "callbacks", "sklearn_callbacks", "labels", "rows", "stops"},
    {"training", "threads", "validation"},
    {"full_batch", "construction", "fitted"},
    {"_fast", "_fast.compiled", "_fast.denormals", "_fast.places", "_fast.sources"},
    {"_fast.exponentials", "_fast.dropout", "_fast.optimizers", "_fast.frame"},
    {"_fast.activations", "_fast.losses", "_fast.team"},
    {"_fast.formulas", "_fast.passes", "_fast.products", "_fast.batches"},
    {"_fast.layout"},
    {"_fast.online", "_fast.online.shelf", "_fast.online.vectors"},
    {"_fast.online.exponentials", "_fast.online.memory", "_fast.online.machine"},
    {"_fast.online.activations"},
    {"_fast.online.losses", "_fast.online.arrangements"},
    {"_fast.online.steps"},
    {"_fast.online.programs"},
    {"_fast.online.rows"},
    {"_fast.online.running"},
    {"_fast.online.shaped"},
    {"_fast.online.lanes"},
    {"_fast.engine"},
    {"engines"},
    {"step_trace"},
    {"fitting"},
    {"mlp"},
    {"classifier", "regressor", "abreast"},
    {"estimators", "evidence", "trials"},
    {"recipes", "explanation", "evaluation", "model", "network_suspects", "step_suspects"},
    {"suspects", "diagnosis", "modelfile", "experiment"},
    {"render.notation", "render.mathml", "render.explanation_words"},
    {"render.explanation_text", "render.explanation_machine", "render.explanation_latex"},
    {"render.path_drawing", "render.step_machine", "render.step_text", "render.diagnosis_text"},
    {"render.explanation_html"},
    {"render.explanation_bundle"},
    {"render.update_rules_parts", "render.update_rules_formulas", "render.update_rules_words"},
    {"render.update_rules_backward", "render.update_rules_document"},
    {f"render.update_rules_{form}" for form in ("text", "latex", "html", "machine")},
    {"update_rules.display", "update_rules.deriving"},
    {"render.terminal", "render.machine", "render.progress", "render.where_words"},
    {"render.where_weight"},
    {"render.where_text", "render.where_machine", "render.where_html"},
    {"cli.options", "cli.output", "cli.columns", "cli.streams"},
    {"cli", "cli.train", "cli.predict", "cli.explain", "cli.where", "cli.derive"},
    {"__main__"},
]
# `where` runs foreign programs: it stands beside the network and knows nothing of it.
LAYERS_OF_LOCATE = [
    {"locate.files"},
    {"locate", "locate.graph", "locate.record"},
    {"locate.recorder", "locate.replay", "locate.operations", "locate.ownership"},
    {"locate.cotangents", "locate.alarm", "locate.warned", "locate.storage"},
    {"locate.formulas", "locate.moves", "locate.autodiff"},
    {"locate.application"},
    {"locate.pullbacks"},
    {"locate.values"},
    {"locate.noting", "locate.extremes", "locate.conditionals"},
    {"locate.cells", "locate.minimisers"},
    {"locate.arrays"},
    {"locate.operators", "locate.calls"},
    {"locate.trace", "locate.choosing"},
    {"locate.rewrite"},
    {"locate.imports"},
    {"locate.source", "locate.places", "locate.elements"},
    {"locate.program"},
    {"locate.updates"},
    {"locate.parts", "locate.whole"},
    {"locate.idle", "locate.parameters", "locate.retied"},
    {"locate.step", "locate.unrolled"},
    {"locate.marks", "locate.handed"},
    {"locate.cut", "locate.given"},
    {"locate.single"},
    {"locate.draws", "locate.frozen"},
    {"locate.fingerprints", "locate.losses", "locate.descent"},
    {"locate.reading"},
    {"locate.match", "locate.lossterms"},
    {"locate.returned"},
    {"locate.held", "locate.choice", "locate.lossforms", "locate.naming"},
    {"locate.lossnames", "locate.optimizer"},
    {"locate.roles"},
    {"locate.lines", "locate.counterfactual"},
    {"locate.cause", "locate.assignments"},
    {"locate.slopes", "locate.summands"},
    {"locate.repair", "locate.symptoms", "locate.kinds", "locate.words"},
    {"locate.blame", "locate.remarks"},
    {"locate.summary", "locate.opened", "locate.weights"},
    {"locate.analysis"},
    {"locate.script"},
    {"locate.mishaps"},
    {"locate.inspection"},
]
# `derive` knows formulas only, no network.
LAYERS_OF_DERIVATION = [
    {"derivation", "derivation.functions", "derivation.tokens"},
    {"derivation.building", "derivation.sums"},
    {"derivation.grammar", "derivation.notation"},
    {"derivation.expression", "derivation.writing"},
    {"derivation.simplify", "derivation.evaluation", "derivation.record"},
    {"derivation.inverse", "derivation.shorter", "derivation.applied", "derivation.named_formulas"},
    {"derivation.arithmetic"},
    {"derivation.canonical", "derivation.exact", "derivation.lines", "derivation.offsets"},
    {"derivation.lowering", "derivation.accuracy", "derivation.patch"},
    {"derivation.targets"},
    {"derivation.source"},
    {"derivation.forms"},
    {"derivation.rules", "derivation.by_output", "derivation.kinks"},
    {"derivation.code"},
    {"derivation.unfolding"},
    {"render.derivation_words"},
    {"render.derivation_text", "render.derivation_latex", "render.derivation_html"},
    {"render.derivation_machine"},
    {"derivation.display"},
    {"derivation.deriving"},
]
LAYERS[3:3] = LAYERS_OF_DERIVATION  # above `names` and `render.characters`
LAYERS[1:1] = LAYERS_OF_LOCATE
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
            records = {"factors", "reports", "words", "locate.record", *EXPRESSIONS, *RULES}
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
