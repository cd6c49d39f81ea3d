import dataclasses

import pytest

from chainrule.reports import Fold


def test_records_are_frozen() -> None:
    fold = Fold(20, 10, 0.9, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        fold.score = 1.0  # type: ignore[misc]
