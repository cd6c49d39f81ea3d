from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.chain import Array
from chainrule.routes import Route, Stage, largest_routes, sizes, sums


def stages_of(widths: list[int], kinds: list[int], rows: int, seed: int) -> list[Stage]:
    """Stages of random derivatives: of weights, of an elementwise link, of softmax's kind."""
    random = np.random.default_rng(seed)
    stages, n_in = [], widths[0]
    for n_out, kind in zip(widths[1:], kinds, strict=False):
        shape = [(n_in, n_out), (rows, n_in), (rows, n_in, n_out)][kind]
        local = random.normal(size=shape) * random.integers(0, 2, size=shape)
        stages.append(Stage("z", "a", local, kind == 0, "", "", ""))
        n_in = n_in if kind == 1 else n_out
    return stages


def value(stages: list[Stage], end: Array, start: Array, route: Route) -> float:
    locals_ = []
    for stage, u, v in zip(stages, route.units, route.units[1:], strict=False):
        following, local = stage.onward(route.row, u)
        locals_.append(local[list(following).index(v)])
    return float(prod([start[route.row], *locals_, end[route.row, route.units[-1]]]))


def every_route(stages: list[Stage], rows: int, unit: int) -> list[Route]:
    ways: list[tuple[int, ...]] = [(unit,)]
    for stage in stages:
        ways = [(*way, int(v)) for way in ways for v in stage.onward(0, way[-1])[0]]
    return [Route(row, way) for row, way in product(range(rows), ways)]


def last_width(stages: list[Stage]) -> int:
    local = stages[-1].local
    return local.shape[1] if stages[-1].of_weights or local.ndim == 2 else local.shape[2]


@settings(deadline=None)
@given(
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    kinds=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    rows=st.integers(1, 3),
    most=st.integers(1, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_sums_and_the_largest_are_those_of_a_full_listing(
    widths: list[int], kinds: list[int], rows: int, most: int, seed: int
) -> None:
    stages = stages_of(widths, kinds, rows, seed)
    random = np.random.default_rng(seed)
    last = last_width(stages) if stages else widths[0]
    end, start = random.normal(size=(rows, last)), random.normal(size=rows)
    listed = every_route(stages, rows, 0)
    values = [value(stages, end, start, route) for route in listed]
    assert sum(values) == pytest.approx(
        float(start @ sums(stages, end)[0][:, 0]), abs=1e-12 * (1 + sum(map(abs, values)))
    )
    assert sum(map(abs, values)) == pytest.approx(float(abs(start) @ sizes(stages, end)[0][:, 0]))
    found = largest_routes(stages, end, 0, start, most)
    assert len(set(found)) == len(found) == min(most, len(listed))
    assert set(found) <= set(listed)
    largest = sorted(map(abs, values), reverse=True)[:most]
    assert [abs(value(stages, end, start, route)) for route in found] == pytest.approx(largest)


def test_the_branches_of_a_stage_are_counted() -> None:
    counts = [stage.branches for stage in stages_of([3, 4, 4, 2], [0, 1, 2], 5, seed=0)]
    assert counts == [4, 1, 2]


@pytest.mark.parametrize("weight", [0.037, 0.1, 0.7])
def test_equal_routes_are_not_followed_all_at_once(weight: float) -> None:
    """All of 20¹⁴ are equally large, up to rounding: a test that hangs shows what that costs."""
    stages = [Stage("a", "z", np.full((20, 20), weight), True, "", "", "") for _ in range(14)]
    found = largest_routes(stages, np.full((1, 20), 0.3), 0, np.array([0.9]), 10)
    assert len(set(found)) == 10
