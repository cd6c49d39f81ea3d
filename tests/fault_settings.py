"""Faults of settings (71 to 78)."""

from fault import Faults

FAULTS = Faults()
