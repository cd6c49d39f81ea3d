import dataclasses

import pytest

from chainrule.facts import ColumnFacts


def test_facts_are_not_changed() -> None:
    """`test_inspection` fills and shows them."""
    column = ColumnFacts("x", None, 1.0, 0.0, 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        column.name = "y"  # type: ignore[misc]
