"""Faults of cells: numbers and text that other readers change without a word (23 to 31)."""

from fault import Faults

FAULTS = Faults()
