"""The chain rule is multiplied in one place."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "chainrule"


def pulls_back_in_a_loop(source: str) -> bool:
    """Whether a loop, or a comprehension over links, contains a pullback."""
    comprehensions = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    return any(
        (isinstance(node, ast.For | ast.While) and "pullback" in ast.unparse(node).lower())
        or (isinstance(node, comprehensions) and ".pullback(" in ast.unparse(node))
        for node in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize(
    "loop",
    [
        "for link, s in zip(reversed(links), reversed(tape)):\n    c = link.pullback(s, c)[0]",
        "for link, saved in zip(links[::-1], tape[::-1]):\n    c, _ = link.pullback(saved, c)",
        "for i in range(n - 1, -1, -1):\n    c, _ = links[i].pullback(tape[i], c)",
        "while links:\n    c, _ = links.pop().pullback(tape.pop(), c)",
        "[c := link.pullback(saved, c)[0] for link, saved in pairs]",
    ],
)
def test_a_loop_that_multiplies_cotangents_is_recognized(loop: str) -> None:
    assert pulls_back_in_a_loop(loop)


def test_the_chain_rule_is_multiplied_in_one_loop() -> None:
    """Only `chain.backward`, its compiled twins, held to it by `test_fast_gradients` (`passes`) and
    `test_fast_online` (`steps`), and `gradients` through foreign programs' graphs send it back.
    """
    files = sorted(SOURCE.rglob("*.py"))
    found = [file for file in files if pulls_back_in_a_loop(file.read_text("utf-8"))]
    places = ("_fast/online/steps.py", "_fast/passes.py", "chain.py", "locate/pullbacks.py")
    assert found == [SOURCE / place for place in places]
