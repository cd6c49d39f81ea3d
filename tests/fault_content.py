"""Faults of what the rows hold, found in tables and by the estimators (37 to 70)."""

from fault import Faults

FAULTS = Faults()
