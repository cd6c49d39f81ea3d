"""Model files of each schema there has been: they are read for ever, and predict what they did.

A new schema adds files of the one before; none is written again.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule import load, save
from chainrule.encoding import encode
from chainrule.inspection import inspect
from chainrule.kept import read_kept
from chainrule.tables import Table

FOLDER = Path(__file__).parent / "models"
ANSWERS: dict[str, Any] = json.loads((FOLDER / "answers.json").read_text())
KINDS = ["red, dark", 'the "é"', "blau"]


def rows() -> Table:
    """The first rows that each was trained on: a number with gaps, a text."""
    cells = [[str(row / 7) if row % 9 else "", KINDS[row % 3]] for row in range(6)]
    return Table.of_rows("t.csv", ("size", "kind"), cells, list(range(2, 8)), True, "comma")


@pytest.mark.parametrize("name", ANSWERS)
def test_a_file_of_each_schema_predicts_what_it_did(name: str, tmp_path: Path) -> None:
    answers: Any = ANSWERS[name]
    model, kept = load(FOLDER / name), read_kept(FOLDER / name)
    save(model, tmp_path / name)
    for each in (model, kept, load(tmp_path / name)):
        encoded = encode(rows(), each.features, [0, 1])
        found = each.predict_encoded(encoded)
        if model.target.classes is None:
            np.testing.assert_allclose(found, answers["predictions"], rtol=1e-13)
        else:
            assert found.tolist() == answers["predictions"]
            shares = each.probabilities_encoded(encoded)
            np.testing.assert_allclose(shares, answers["probabilities"], rtol=1e-13)
        assert each.rows is not None
        assert len(each.rows.y) == 4


@pytest.mark.parametrize("name", ANSWERS)
def test_a_file_of_each_schema_is_inspected(name: str) -> None:
    facts = inspect(FOLDER / name)
    assert facts.schema == f"chainrule.model/{name[-7]}"
    assert [column.name for column in facts.columns] == ["size", "kind"]
    assert facts.history["epochs"] > 0
    assert facts.kept_rows == 4
