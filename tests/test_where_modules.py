"""Lines and faults of the modules beside a script are said to be theirs, in every form."""

import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

import chainrule
from chainrule.locate.record import Report
from chainrule.render.where_html import page
from chainrule.render.where_machine import as_json, github, markdown, sarif
from chainrule.render.where_text import where_report

PROGRAMS = Path(__file__).parent / "locate" / "programs"
LAYER = "own_layers/dense.py"
RIGHT, WRONG = "(1 - self.a ** 2)", "(1 - self.a)"


def report_of(folder: Path, derivative: str) -> Report:
    """The report on the program with its package of layers, whose local derivative is this."""
    shutil.copytree(PROGRAMS / "own_layers", folder / "own_layers")
    script = Path(shutil.copy(PROGRAMS / "local_package.py", folder))
    layer = folder / LAYER
    layer.write_text(layer.read_text().replace(RIGHT, derivative))
    return chainrule.where(script)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return report_of(tmp_path_factory.mktemp("wrong"), WRONG)


def source(report: Report) -> list[str]:
    return Path(report.script).read_text().split("\n")


def test_lines_of_modules_are_not_the_scripts(tmp_path: Path) -> None:
    report = report_of(tmp_path, RIGHT)
    assert report.verdict == "correct"
    layer = (tmp_path / LAYER).read_text().split("\n")
    assert {line.file for line in report.lines} == {"own_layers/__init__.py", LAYER}
    multiplied = [one.line for one in report.lines if one.role == "chain_rule"]
    assert [layer[line - 1].strip() for line in dict.fromkeys(multiplied)] == [
        "local = grad * (1 - self.a ** 2)",
        "return local @ self.W.T",
    ]
    for parameter in report.parameters:
        assert parameter.file == LAYER
        assert all(" -= rate * " in layer[line - 1] for line in parameter.updated_at)
    assert report.loss is not None
    assert (report.loss.file, report.loss.stated_at) == ("own_layers/__init__.py", 8)


def test_a_fault_of_a_module_names_its_file(wrong: Report) -> None:
    (fault,) = wrong.faults
    assert (fault.file, fault.line, fault.function) == (LAYER, 17, "Dense.backward")
    assert fault.message.startswith(f"{LAYER}, line 17 ")
    assert json.loads(as_json(wrong))["faults"][0]["file"] == LAYER


def test_no_form_points_at_a_line_of_the_script(wrong: Report) -> None:
    text = where_report(wrong, source(wrong), Console(width=80, color_system=None))
    assert "The source" not in text
    assert f"Fault, {LAYER}, line 17" in text
    shown = page(wrong, source(wrong))
    assert shown.count('href="#L17"') == 1  # the line's own number
    assert 'class="labelled' not in shown
    assert source(wrong)[16].strip() not in markdown(wrong, source(wrong))


def test_machines_are_led_to_the_module(wrong: Report) -> None:
    layer = Path(wrong.script).parent / LAYER
    (error,) = [line for line in github(wrong).split("\n") if line.startswith("::error")]
    assert f"file={layer},line=17," in error
    (result, *_) = json.loads(sarif(wrong))["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == layer.as_uri()
    assert location["region"] == {"startLine": 17}
