"""Every fault of the list is met: what is wrong is said, nothing is lost, nothing half-written."""

from pathlib import Path

import pytest
from fault import Fault
from fault_cells import FAULTS as CELLS
from fault_content import FAULTS as CONTENT
from fault_interruption import FAULTS as INTERRUPTION
from fault_models import FAULTS as MODELS
from fault_numbers import FAULTS as NUMBERS
from fault_process import FAULTS as PROCESS
from fault_reading import FAULTS as READING
from fault_rows import FAULTS as ROWS
from fault_settings import FAULTS as SETTINGS
from fault_surroundings import FAULTS as SURROUNDINGS
from fault_text import FAULTS as TEXT

TABLES = [READING, TEXT, CELLS, ROWS, CONTENT]
PARTS = [*TABLES, MODELS, NUMBERS, SETTINGS, INTERRUPTION, PROCESS, SURROUNDINGS]
FAULTS = [fault for part in PARTS for fault in part]

ELSEWHERE = {
    93: "there is no page in the browser yet, so no port to be taken",
    94: "there is no page in the browser yet, so no server that a hostile page could reach",
    95: "there is no page to paste code into yet; `where` runs files of the user's own",
}
"""Faults that nothing in the package can meet, each with the reason."""


LONG = {91: "joblib starts processes of its own, which load all again"}
"""Faults whose check takes longer than a test may by default, each with the reason."""


def _parameter(fault: Fault) -> object:
    marks = [pytest.mark.slow] if fault.number in LONG else []
    return pytest.param(fault, id=fault.id, marks=marks)


@pytest.mark.parametrize("fault", [*map(_parameter, FAULTS)])
def test_a_fault_is_met(fault: Fault, tmp_path: Path) -> None:
    fault.check(tmp_path)


def test_no_number_is_left_out() -> None:
    assert sorted([fault.number for fault in FAULTS] + [*ELSEWHERE]) == list(range(1, 97))
