"""The classic code's data functions, its flaws as the docs page lists them, and wheat seeds."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chainrule import scratch
from chainrule.scratch import Neuron, Row


def test_activate_adds_to_the_bias_in_order() -> None:
    assert scratch.activate([1e16, -1e16, 1.0], [1, 1]) == 0.0  # (1 + 1e16) − 1e16


# Data and scores


def test_load_csv_skips_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('1,2,"a, b"\n\n3, 4 ,c\n', encoding="utf-8")
    assert scratch.load_csv(str(path)) == [["1", "2", "a, b"], ["3", " 4 ", "c"]]


def test_columns_become_numbers_in_place() -> None:
    rows: list[Row] = [[" 1.5 ", "b"], ["-2", "a"], ["1e3", "b"]]
    scratch.str_column_to_float(rows, 0)
    assert scratch.str_column_to_int(rows, 1) == {"a": 0, "b": 1}
    assert rows == [[1.5, 1], [-2.0, 0], [1000.0, 1]]


def test_labels_are_numbered_in_sorted_order() -> None:
    rows = [[label] for label in ["3", "1", "2", "1"]]
    assert list(scratch.str_column_to_int(rows, 0).items()) == [("1", 0), ("2", 1), ("3", 2)]


def test_minmax_and_normalize_leave_the_label_alone() -> None:
    rows: list[Row] = [[50.0, 30.0, 7], [20.0, 90.0, 9], [35.0, 60.0, 8]]
    minmax = scratch.dataset_minmax(rows)
    assert minmax == [[20.0, 50.0], [30.0, 90.0], [7, 9]]
    scratch.normalize_dataset(rows, minmax)
    assert rows == [[1.0, 0.0, 7], [0.0, 1.0, 9], [0.5, 0.5, 8]]


def test_folds_are_disjoint_and_leftover_rows_are_dropped() -> None:
    dataset: list[Row] = [[i, 0] for i in range(11)]
    random.seed(1)
    folds = scratch.cross_validation_split(dataset, 3)
    drawn = [row[0] for fold in folds for row in fold]
    assert [len(fold) for fold in folds] == [3, 3, 3]
    assert len(set(drawn)) == 9
    assert len(dataset) == 11


def test_accuracy_is_in_percent() -> None:
    assert scratch.accuracy_metric([0, 1, 2, 1], [0, 1, 1, 1]) == 75.0


def test_evaluate_algorithm_hides_the_test_labels() -> None:
    dataset: list[Row] = [[i, i % 2] for i in range(7)]
    calls = []

    def always(train: Sequence[Row], test: Sequence[Row], answer: int) -> list[int]:
        assert all(row[-1] is None for row in test)
        assert len(train) == 4
        assert not {row[0] for row in train} & {row[0] for row in test}
        calls.append(answer)
        return [answer] * len(test)

    random.seed(1)
    zeros = scratch.evaluate_algorithm(dataset, always, 3, 0)
    random.seed(1)
    ones = scratch.evaluate_algorithm(dataset, always, 3, 1)
    assert calls == [0, 0, 0, 1, 1, 1]
    assert [zero + one for zero, one in zip(zeros, ones, strict=True)] == [100.0] * 3
    assert dataset == [[i, i % 2] for i in range(7)]


# The flaws that docs/classic-code.md lists are there


def test_flaw_outputs_are_counted_in_the_training_rows() -> None:
    with pytest.raises(IndexError):
        scratch.back_propagation([[0.0, 0], [1.0, 2]], [[0.5, None]], 0.1, 1, 1)


def test_flaw_a_constant_column_divides_by_zero() -> None:
    rows: list[Row] = [[5.0, 0], [5.0, 1]]
    with pytest.raises(ZeroDivisionError):
        scratch.normalize_dataset(rows, scratch.dataset_minmax(rows))


def test_flaw_the_sigmoid_overflows() -> None:
    assert scratch.transfer(-709.0) > 0.0
    with pytest.raises(OverflowError):
        scratch.transfer(-710.0)


def test_flaw_a_saturated_output_sends_no_error() -> None:
    neuron: Neuron = {"weights": [30.0, 10.0]}
    assert scratch.forward_propagate([[neuron]], [1.0]) == [1.0]
    scratch.backward_propagate_error([[neuron]], [0.0])
    assert neuron["delta"] == 0.0


def test_flaw_many_hidden_neurons_freeze_it() -> None:
    random.seed(1)
    rows: list[Row] = [[random.random(), label] for label in [0, 1, 2] * 20]
    network = scratch.initialize_network(1, 100, 3)
    assert scratch.train_network(network, rows, 0.3, 3, 3) == [pytest.approx(120.0)] * 3


# The wheat seeds: 210 rows, 7 measurements, 3 varieties


def load_seeds(path: Path) -> list[Row]:
    dataset = scratch.load_csv(str(path))
    for column in range(7):
        scratch.str_column_to_float(dataset, column)
    scratch.normalize_dataset(dataset, scratch.dataset_minmax(dataset))
    return dataset


def zero_rule(train: Sequence[Row], test: Sequence[Row]) -> list[Any]:
    labels = [row[-1] for row in train]
    return [max(sorted(set(labels)), key=labels.count)] * len(test)


def test_wheat_seeds_zero_rule_falls_below_a_third(wheat_seeds: Path) -> None:
    dataset = load_seeds(wheat_seeds)
    random.seed(1)
    scores = scratch.evaluate_algorithm(dataset, zero_rule, 5)
    assert sum(scores) / 5 == pytest.approx(28.095, abs=5e-4)


@pytest.mark.slow
def test_wheat_seeds_scores(wheat_seeds: Path) -> None:
    dataset = load_seeds(wheat_seeds)
    assert scratch.str_column_to_int(dataset, 7) == {"1": 0, "2": 1, "3": 2}
    random.seed(1)
    scores = scratch.evaluate_algorithm(dataset, scratch.back_propagation, 5, 0.3, 500, 5)
    assert scores == pytest.approx([90.476, 92.857, 97.619, 92.857, 92.857], abs=5e-4)
    assert sum(scores) / 5 == pytest.approx(93.333, abs=5e-4)


@pytest.mark.slow
def test_wheat_seeds_scores_that_the_tutorial_publishes(wheat_seeds: Path) -> None:
    """They come out under the coding that its set of labels happened to give."""
    dataset = load_seeds(wheat_seeds)
    for row in dataset:
        row[-1] = {"1": 1, "2": 0, "3": 2}[row[-1]]
    random.seed(1)
    scores = scratch.evaluate_algorithm(dataset, scratch.back_propagation, 5, 0.3, 500, 5)
    assert scores == pytest.approx([92.857, 92.857, 97.619, 92.857, 90.476], abs=5e-4)


@pytest.mark.slow
def test_wheat_seeds_mean_depends_on_the_coding_of_labels(wheat_seeds: Path) -> None:
    dataset = load_seeds(wheat_seeds)
    for row in dataset:
        row[-1] = {"2": 0, "3": 1, "1": 2}[row[-1]]
    random.seed(1)
    scores = scratch.evaluate_algorithm(dataset, scratch.back_propagation, 5, 0.3, 500, 5)
    assert sum(scores) / 5 == pytest.approx(93.810, abs=5e-4)
