"""The records of whole programs, as kept in tests/locate/records.

With CHAINRULE_REWRITE_RECORDS=1 they are written anew; what changed is then read in the diff.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from judging import report_of

from chainrule.render.where_machine import as_json

FOLDER = Path(__file__).resolve().parent / "locate"
JUDGED = ("column_tuples", "linear_rows", "logistic_class", "neuron_objects", "skipgram_rows")
PROGRAMS = {
    **{
        path.stem: path
        for path in (FOLDER / "programs").glob("*.py")
        if path.stem != "local_package"
    },
    **{name: FOLDER / "judged" / f"{name}.py" for name in JUDGED},
}


def record_of(program: str) -> dict[str, Any]:
    """A program's report: the numbers to nine digits, without what is the same in all."""
    record: dict[str, Any] = json.loads(
        as_json(report_of(program)), parse_float=lambda digits: float(f"{float(digits):.9g}")
    )
    del record["schema"], record["script"]
    return record


def written(record: dict[str, Any]) -> str:
    """The record with one line for each of its entries, for the sake of diffs."""
    parts = []
    for key, value in record.items():
        if isinstance(value, list) and value:
            entries = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in value)
            parts.append(f" {json.dumps(key)}: [\n  {entries}\n ]")
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_the_record_of_a_program(name: str) -> None:
    found = record_of(PROGRAMS[name].read_text(encoding="utf-8"))
    kept = FOLDER / "records" / f"{name}.json"
    if os.environ.get("CHAINRULE_REWRITE_RECORDS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(written(found), encoding="utf-8")
    assert found == json.loads(kept.read_text(encoding="utf-8"))
    assert "failed" not in (found["reason"] or "")
