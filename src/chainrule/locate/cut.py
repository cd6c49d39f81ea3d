"""The step of a run that is looked at, with its parameters by name."""

from collections.abc import Sequence
from typing import Any

from .graph import Graph
from .marks import mark
from .parameters import parameters
from .places import choose, text, together
from .program import Run
from .retied import retied
from .step import Learned, Step
from .updates import Chain, chains, passed


def grouped(run: Run, found: Sequence[Chain], step: int) -> list[Learned]:
    """Return chains as named parameters; scalars that stand together as one."""
    owner = {change.new.number: chain for chain in found for change in chain.changes}
    paths = choose(run.places, set(owner))
    latest: dict[int, int] = {}  # of each chain, the version that was found
    for version in paths:
        latest[id(owner[version])] = max(version, latest.get(id(owner[version]), 0))
    scalars: dict[int, Any] = {}
    result = []
    for chain in found:
        number = latest.get(id(chain))
        old, new = chain.version(step), chain.version(step + 1)
        value = run.graph.digests[new.number]
        if number is not None and not isinstance(value, tuple):
            scalars[number] = paths[number]
            continue
        shape = value[0] if isinstance(value, tuple) else ()
        name = text(paths[number]) if number is not None else _target(run.graph, chain)
        result.append(Learned(name, shape, (old,), (new,), (chain,)))
    for path, shape, numbers in together(scalars):
        members = tuple(owner[number] for number in numbers)
        old_nodes = tuple(chain.version(step) for chain in members)
        new_nodes = tuple(chain.version(step + 1) for chain in members)
        result.append(Learned(text(path), shape, old_nodes, new_nodes, members))
    return sorted(result, key=lambda one: one.new[0].number)


def _target(graph: Graph, chain: Chain) -> str:
    """Return what a chain's last version was assigned to, as written; else its first."""
    numbers = {passed(graph, chain.changes[0].old).number}
    numbers |= {change.new.number for change in chain.changes}
    for store in reversed(graph.stores):
        position = graph.positions[store.position]
        if store.node in numbers and position.targets and position.targets[0] != "return":
            return position.targets[min(store.target, len(position.targets) - 1)]
    return f"value of line {graph.positions[chain.changes[0].new.position].line}"


def find_step(run: Run, first: bool = False) -> Step | None:
    """Return the second step of a run's parameters, the first if there is one only."""
    graph = run.graph
    found = parameters(graph)
    if not found:
        return None
    step = 1 if any(chain.steps > 1 for chain in found) and not first else 0
    found = [chain for chain in found if chain.steps > step]
    in_parts = any(chain.ends for chain in found)
    start = max(_firsts(graph, found), default=-1) if step else -1
    if not in_parts:
        found = [chain for chain in found if chain.version(step + 1).number > start]
    end = max(chain.version(step + 1).number for chain in found)
    if in_parts:
        graph, found = retied(graph, found, step, start, end)
    result = Step(graph, start, end, grouped(run, found, step))
    mark(result)
    return result


def _firsts(graph: Graph, found: Sequence[Chain]) -> list[int]:
    """Return the ends of the first step: of the parameters, and of what their lines change too."""
    lines = {change.new.position for chain in found for change in chain.changes}
    in_parts = any(chain.ends for chain in found)
    every = [] if in_parts else chains(graph)
    beside = [one for one in every if one.changes[0].new.position in lines]
    last = max(one.version(2).number for one in found if one.steps > 1)
    ends = [chain.version(1).number for chain in (*found, *beside) if chain.steps > 1]
    return [number for number in ends if number <= last]
