"""Faults of processes and disks, of kept models and of programs (79 to 92, 96)."""

from fault import Faults

FAULTS = Faults()
