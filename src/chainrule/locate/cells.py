"""Single elements of arrays: a value written to W[i, j] is the one read from it later.

Without this, every element of an array that a program updates one by one in a loop would depend on
the whole array, and so on every other element.
"""

import operator
from typing import Any

import numpy as np

from .graph import Cell, Node, read_back, read_through, write_through
from .noting import prepare_change
from .recorder import recorder
from .values import (
    TRACKED_SCALARS,
    TrackedArray,
    node_of,
    plain,
    scalar,
    template,
)

_DIGESTED = 64  # size of an array up to which a write to one element of it is digested
_INTEGERS = (int, np.int64, np.int32, np.intp)


def address_of(raw: Any, index: Any) -> int | None:
    """Return where an element lies in memory; None if the index does not name one element."""
    indices = index if type(index) is tuple else (index,)
    if len(indices) != raw.ndim or raw.dtype != np.float64:
        return None
    address: int = raw.__array_interface__["data"][0]
    for i, length, stride in zip(indices, raw.shape, raw.strides, strict=True):
        if type(i) not in _INTEGERS or not -length <= i < length:
            return None
        address += int(i % length) * stride
    return address


def read_cell(own: TrackedArray, index: Any) -> Any:
    """Return an element, from the node last written to it or from before all such writes."""
    raw = plain(own)
    address = address_of(raw, index)
    if address is None:
        return None
    storage: Any = own.storage
    value = raw[index]
    if address in storage.cells:
        written, maker = storage.cells[address]
        cell = Cell(maker.number, own.steps, template(index))
        return scalar(value, recorder.add(read_back, (written, cell), {}, value))
    through = (storage.maker(own.steps, plain(index)), own.steps, template(index))
    return scalar(value, recorder.add(read_through, through, {}, value))


def write_cell(own: TrackedArray, index: Any, value: Any) -> bool:
    """Set one element and remember its node; False if it is not one element and one number."""
    if type(value) not in (*TRACKED_SCALARS, float, int, np.float64):
        return False
    raw = plain(own)
    address = address_of(raw, index)
    if address is None:
        return False
    before = node_of(own)
    storage: Any = own.storage
    prepare_change(own, before)
    raw[index] = plain(value)
    write: Any = (storage.node, own.steps, operator.setitem, (None, index, template(value)), 0, {})
    if storage.root.size > _DIGESTED:
        node = recorder.add_unchecked(write_through, write)
    else:
        node = recorder.add(write_through, write, {}, storage.root)
    written = template(value)
    if not isinstance(written, Node):
        written = recorder.add(np.float64, (written,), {}, raw[index])
    storage.changed_cell(node, address, written, own.steps, plain(index))
    if not own.steps:
        own.node, own.version = node, storage.version
    return True
