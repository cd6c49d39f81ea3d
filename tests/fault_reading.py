"""Faults of files: what is there, how it is encoded, its rows (1 to 22, 32 to 36)."""

from fault import Faults

FAULTS = Faults()
