"""Where a program keeps its values: paths from variables, and scalars that stand together."""

from pathlib import Path
from typing import Any

import pytest
from foreign import traced, write
from steps import program

from chainrule.locate.places import Path as Way
from chainrule.locate.places import choose, find, text, together


def paths(folder: Path, source: str) -> list[str]:
    """Every path in a program, as Python writes it, each variable's after another's."""
    return [text(path) for found in program(folder, source).places for path in found.values()]


def test_values_are_found_in_lists_dicts_tuples_and_objects(tmp_path: Path) -> None:
    found = paths(
        tmp_path,
        """
        import numpy as np
        class Layer:
            def __init__(self):
                self.W = np.ones((2, 2))
                self.state = {"m": np.zeros(2), 3: 0.5}
        class Net:
            def __init__(self):
                self.layers = [Layer(), Layer()]
        net = Net()
        pair = (0.25, [0.75])
        """,
    )
    layers = [f"net.layers[{k}]{way}" for k in (0, 1) for way in (".W", ".state['m']", ".state[3]")]
    assert found == [*layers, "pair[0]", "pair[1][0]"]


def test_a_value_that_two_variables_hold_is_found_from_both(tmp_path: Path) -> None:
    assert paths(tmp_path, "a = 0.5\nb = {'a': a}\n") == ["a", "b['a']"]


def test_circles_end(tmp_path: Path) -> None:
    assert paths(tmp_path, "a = [0.5]\na.append(a)\n") == ["a[0]"]


def test_the_variables_of_a_function_that_fails_are_in_sight(tmp_path: Path) -> None:
    script = write(tmp_path, "g = 0.5\ndef f(x):\n    inner = x * 2.0\n    1 / 0\nf(g)\n")
    run, _ = traced(script)
    assert run.ended == "error"
    found = [text(path) for variable in run.places for path in variable.values()]
    assert {"g", "x", "inner"} <= set(found)


def test_plain_values_lead_nowhere() -> None:
    assert find([{"a": 1.0, "b": [2.0, {"c": "d"}], "__name__": "x"}]) == []


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("w",), "w"),
        (("w", 0, 2), "w[0][2]"),
        (("net", "['W1']", 3, ".grad"), "net['W1'][3].grad"),
    ],
)
def test_a_path_is_written_as_in_python(path: Way, written: str) -> None:
    assert text(path) == written


def test_the_variable_that_covers_most_is_taken_first() -> None:
    single: dict[int, Way] = {1: ("w",)}
    many: dict[int, Way] = {1: ("net", 0), 2: ("net", 1), 9: ("net", 2)}
    rest: dict[int, Way] = {3: ("b",)}
    found = choose([single, rest, many], {1, 2, 3, 4})
    assert {number: text(path) for number, path in found.items()} == {
        1: "net[0]",
        2: "net[1]",
        3: "b",
    }


def test_of_variables_that_cover_as_much_the_outer_one_is_taken() -> None:
    outer: dict[int, Way] = {1: ("outer",)}
    inner: dict[int, Way] = {1: ("inner",)}
    assert choose([outer, inner], {1}) == {1: ("outer",)}
    assert choose([outer], {2}) == {}


def grouped(paths: dict[int, Any]) -> list[tuple[str, tuple[int, ...], list[int]]]:
    return [(text(path), shape, numbers) for path, shape, numbers in together(paths)]


def test_scalars_that_fill_a_rectangle_are_one_array_in_order() -> None:
    cells = {10 * i + j: ("w", i, j) for j in reversed(range(3)) for i in range(2)}
    assert grouped(cells) == [("w", (2, 3), [0, 1, 2, 10, 11, 12])]


def test_indices_may_count_from_one() -> None:
    cells = {10 * i + j: ("w", i, j) for i in (0, 1, 2) for j in (1, 2)}
    assert grouped(cells) == [("w", (3, 2), [1, 2, 11, 12, 21, 22])]
    assert grouped({1: ("net", 1, 0), 2: ("net", 1, 1)}) == [("net[1]", (2,), [1, 2])]


def test_the_network_around_rows_keeps_its_indices() -> None:
    """net[layer][neuron]['weights'][k]: one array a layer."""
    cells = {
        100 * layer + 10 * i + k: ("net", layer, i, "['weights']", k)
        for layer, (neurons, inputs) in enumerate([(2, 3), (1, 2)])
        for i in range(neurons)
        for k in range(inputs)
    }
    assert grouped(cells) == [
        ("net[0]", (2, 3), [0, 1, 2, 10, 11, 12]),
        ("net[1]", (1, 2), [100, 101]),
    ]


def test_rows_of_unlike_lengths_are_arrays_of_their_own() -> None:
    cells = {1: ("w", 0, 0), 2: ("w", 0, 1), 3: ("w", 1, 0)}
    assert grouped(cells) == [("w[0]", (2,), [1, 2]), ("w[1]", (1,), [3])]


def test_what_stands_alone_or_with_gaps_stays_single() -> None:
    assert grouped({1: ("b",)}) == [("b", (), [1])]
    assert grouped({1: ("w", 0), 2: ("w", 2)}) == [("w[0]", (), [1]), ("w[2]", (), [2])]


def test_a_bias_here_and_a_delta_there_are_not_one_array() -> None:
    cells = {1: ("net", 0, "['b']"), 2: ("net", 1, "['d']")}
    assert grouped(cells) == [("net[0]['b']", (), [1]), ("net[1]['d']", (), [2])]
    cells = {1: ("net", 0, "['b']"), 2: ("net", 1, "['b']")}
    assert grouped(cells) == [("net", (2,), [1, 2])]
