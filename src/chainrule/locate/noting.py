"""Calls noted in the graph: values computed, views made, arrays changed in place."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .graph import Node, Step, element, read_through, references, write_through
from .recorder import recorder
from .storage import Storage
from .values import (
    TrackedArray,
    array,
    holds_tracked,
    is_trackable,
    node_of,
    plain,
    scalar,
    template,
)

Function = Callable[..., Any]
Arguments = Sequence[Any]
Keywords = Mapping[str, Any]
# results that choose a branch, an index or a text, where a number stops being followed by intent
_DECISIONS = (bool, int, str, bytes, type(None), np.bool_, np.integer, np.dtype)


def escape(values: Iterable[Any]) -> None:
    """Note that tracked values go where they cannot be followed."""
    for value in values:
        if holds_tracked(value):
            for node in references(template(value)):
                recorder.graph.escapes.append((node.number, recorder.position))


def compute(function: Function, arguments: Arguments, keywords: Keywords) -> Any:
    """Call a function with plain values; return its value, tracked and noted where possible."""
    given = [plain(argument) for argument in arguments]
    named = {key: plain(value) for key, value in keywords.items()} if keywords else keywords
    return noted(function(*given, **named), function, arguments, keywords, given)


def noted(
    value: Any, function: Function, arguments: Arguments, keywords: Keywords, given: Any
) -> Any:
    """Note a value as function(*arguments, **keywords) and return it tracked, where possible."""
    several = isinstance(value, list | tuple) and any(map(is_trackable, value))
    if not (several or is_trackable(value)):
        if not isinstance(value, _DECISIONS):
            escape((*arguments, *keywords.values()))
        return value
    for argument, raw in zip(arguments, given, strict=True):
        if raw is value:
            return argument
    arguments_template, keywords_template = template(tuple(arguments)), template(dict(keywords))
    node = recorder.add(function, arguments_template, keywords_template, value)
    if not several:
        return _result(value, node, arguments, given, (arguments_template, keywords_template))
    items = []
    for k, item in enumerate(value):
        if not is_trackable(item):
            items.append(item)
            continue
        part = recorder.add(element, (node, k), {}, item)
        last = Step(element, (None, k), {}, 0)
        templates = (arguments_template, keywords_template)
        items.append(_result(item, part, arguments, given, templates, (last,)))
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)


def _result(
    value: Any, node: Node, arguments: Arguments, given: Any, templates: Any, after: Any = ()
) -> Any:
    """Return the tracked value of a node; a view if it shares memory with an array given."""
    if not isinstance(value, np.ndarray):
        return scalar(value, node)
    if value.base is not None:
        for hole, own in enumerate(arguments):
            if isinstance(own, TrackedArray) and np.may_share_memory(value, given[hole]):
                others = (*templates[0][:hole], None, *templates[0][hole + 1 :])
                maker: Any = _maker(node) if after else node.function
                step = Step(maker, others, templates[1], hole)
                storage: Any = own.storage
                return array(value, node, storage, (*own.steps, step, *after))
    return array(value, node, Storage(value, node))


def read_part(own: Any, index: Any) -> Any:
    """Return own[index] of an array that was changed in parts, from the version that made it."""
    raw, plain_index, storage = plain(own), plain(index), own.storage
    value = raw[plain_index]
    if not is_trackable(value):
        return value
    maker, given = storage.maker(own.steps, plain_index), template(index)
    node = recorder.add(read_through, (maker, own.steps, given), {}, value)
    if isinstance(value, np.ndarray) and np.may_share_memory(value, raw):
        step = Step(operator.getitem, (None, given), {}, 0)
        return array(value, node, storage, (*own.steps, step))
    return array(value, node, Storage(value, node)) if value.ndim else scalar(value, node)


def _maker(part: Node) -> Any:
    """Return the function that made the several values of which `part` is one."""
    return part.arguments[0].function


def mutate(
    own: Any, function: Function, arguments: Arguments, keywords: Keywords, hole: int | str
) -> Any:
    """Let a function change a tracked array in place, as its argument number or named `hole`."""
    before = node_of(own)
    rest = {key: value for key, value in keywords.items() if key != hole}
    others = tuple([None if k == hole else template(a) for k, a in enumerate(arguments)])
    write = (own.storage.node, own.steps, function, others, hole, template(rest))
    prepare_change(own, before)
    named = {**plain(rest), hole: plain(own)} if isinstance(hole, str) else plain(rest)
    result = function(*[plain(argument) for argument in arguments], **named)
    storage = own.storage
    node = recorder.add(write_through, write, {}, storage.root)
    indexed = function is operator.setitem or getattr(function, "__name__", "") == "at"
    if indexed:
        storage.changed_part(node, own.steps, plain(arguments[1]))
    elif own.steps:
        storage.changed_part(node, own.steps)
    else:
        storage.changed(node)
    if not own.steps:
        own.node, own.version = storage.node, storage.version
    return result


def prepare_change(own: Any, node: Node) -> None:
    """Keep the value of a leaf before the array that it came as is changed."""
    storage = own.storage
    if storage.leaf:
        recorder.unshare(storage.node)
        storage.leaf = False
    elif not own.steps:
        recorder.unshare(node)


def replaced(own: Any, origin: str) -> None:
    """Note that something unseen changed a tracked array: its storage holds a new leaf."""
    node = recorder.leaf(np.array(own.storage.root, copy=True, order="K", subok=True), origin)
    own.storage.changed(node)
