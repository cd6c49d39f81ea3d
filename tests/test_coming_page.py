"""docs/coming-from-scikit-learn.md: its examples run, its tables hold for both libraries."""

import ast
import doctest
import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sklearn
from sklearn import neural_network

from chainrule import MLPClassifier, MLPRegressor

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "coming-from-scikit-learn.md").read_text(encoding="utf-8")
PAIRS = [
    (MLPClassifier, neural_network.MLPClassifier),
    (MLPRegressor, neural_network.MLPRegressor),
]

as_compared = pytest.mark.skipif(
    not sklearn.__version__.startswith("1.9."), reason="the page compares with scikit-learn 1.9"
)


def sections() -> dict[str, str]:
    """Each heading of the page → the text below it, up to the next."""
    parts = re.split(r"^##+ (.*)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def examples(heading: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", sections()[heading], re.DOTALL)


def added() -> list[list[str]]:
    """The rows of the table of what is added: name, issues, setting, test."""
    lines = re.findall(r"^\| \[.*$", sections()["What is added"], re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


EXEMPLIFIED = [heading for heading in sections() if examples(heading)]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("heading", EXEMPLIFIED)
def test_each_example_prints_what_the_page_shows(heading: str) -> None:
    if "set_callbacks" in sections()[heading]:
        pytest.importorskip("sklearn.callback")
    blocks = [examples(EXEMPLIFIED[0])[0], *examples(heading)]
    assert all(block.startswith(">>> ") for block in blocks)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, heading, None, 0)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


def test_each_addition_has_an_example_and_a_test_that_exists() -> None:
    assert added()
    for name, _issues, _setting, held_by in added():
        title, anchor = re.fullmatch(r"\[(.*)\]\(#(.*)\)", name).groups()  # type: ignore[union-attr]
        assert anchor == re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        assert examples(title), title
        for held in held_by.split(", "):
            file, function = re.fullmatch(r"\[(.*)\]\(\.\./tests/\1\)::(.*)", held).groups()  # type: ignore[union-attr]
            tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
            assert function in {
                node.name for node in tree.body if isinstance(node, ast.FunctionDef)
            }


@cache
def named() -> set[str]:
    """What the tables say is added."""
    return set(re.findall(r"\w+", " ".join(row[2] for row in added())))


@as_compared
@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_every_parameter_that_scikit_learn_has_not_is_in_the_table(ours: Any, theirs: Any) -> None:
    mine, its = (inspect.signature(kind).parameters for kind in (ours, theirs))
    assert set(its) <= set(mine)
    assert set(mine) - set(its) <= named()
    for name, parameter in its.items():  # "with its default"
        assert mine[name].default == parameter.default, name


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_every_method_that_scikit_learn_has_is_here(ours: Any, theirs: Any) -> None:
    public = {name for name in dir(theirs) if not name.startswith("_")}
    assert public - set(dir(ours)) == set()


def test_what_the_table_names_exists() -> None:
    model = MLPClassifier(solver="lbfgs", max_iter=500).fit([[0.0], [1.0]], [0, 1])
    for name in re.findall(r"`(\w+)`", " ".join(row[2] for row in added())):
        assert hasattr(model, name), name


def test_the_names_of_issues_are_their_numbers() -> None:
    links = re.findall(
        r"\[#(\d+)\]\(https://github.com/scikit-learn/scikit-learn/(\w+)/(\d+)\)", PAGE
    )
    assert len(links) > 20
    for shown, kind, number in links:
        assert shown == number
        assert kind in ("issues", "pull")
