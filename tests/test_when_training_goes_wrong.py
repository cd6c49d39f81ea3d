"""docs/when-training-goes-wrong.md: each message is what the code above it is answered with."""

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from sklearn.exceptions import ConvergenceWarning

PAGE = Path(__file__).resolve().parents[1] / "docs" / "when-training-goes-wrong.md"
TEXT = PAGE.read_text(encoding="utf-8")
BEGINNING = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
EXAMPLES = re.findall(r"```python\n([^`]*?)```\n\n```text\n(.*?)\n```", TEXT, re.DOTALL)


@pytest.mark.parametrize(("code", "message"), EXAMPLES, ids=lambda part: part.split("(")[0][-20:])
def test_a_message_is_what_the_code_is_answered_with(code: str, message: str) -> None:
    assert BEGINNING
    known: dict[str, Any] = {}
    exec(BEGINNING[1], known)
    said = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(code, known)
        except (ArithmeticError, TypeError, ValueError) as error:
            said = [str(error)]
    of_end = "before it converged" in message
    said += [str(w.message) for w in caught if of_end == (w.category is ConvergenceWarning)]
    pattern = re.escape(message).replace("…", ".*").replace("sizes=.*", "sizes=…")
    assert any(re.fullmatch(pattern, one) for one in said), said


def test_every_message_is_asked_for() -> None:
    assert len(EXAMPLES) == TEXT.count("```text") == TEXT.count("```python") - 1 > 8
