"""What each execution of a line may have been meant to compute."""

from handwritten import NET, NEURONS
from judging import edited, judged

from chainrule.locate.assignments import Search, assignments, bits, families, places
from chainrule.locate.counterfactual import Trials
from chainrule.locate.graph import Node

WRONG = edited(NET, ("dW1 = X", "dW1 = -X"))
NO_SLOPE = edited(NEURONS, ("error * slope", "error"))


def searching(program: str) -> Search:
    one = judged(program)
    trials = Trials(one.reading, one.fits, set(one.bad))
    return Search(trials, families(trials.few), *bits(trials.few))


def suspected(program: str) -> dict[str, list[Node]]:
    """The lines from which wrong parameters come, by their text, with the last operation's."""
    seek, lines = searching(program), program.splitlines()
    positions = seek.reading.step.graph.positions
    return {lines[positions[k].line - 1].strip(): nodes for k, nodes in places(seek)}


def test_parameters_are_above_their_values_and_below_what_updates_them() -> None:
    reading = judged(NET).reading
    above, below = bits(reading)
    own = [(one.old[0].number, one.new[0].number) for one in reading.step.learned]
    assert [above[old] for old, _ in own] == [1, 2, 4, 8]
    assert [below[new] for _, new in own] == [1, 2, 4, 8]
    assert {above[output.number] for output in reading.outputs} == {15}


def test_targets_of_one_place_are_a_family_in_order() -> None:
    found = families(judged(NEURONS).reading)
    assert {key[0] for key in found} >= {"gradient", "local", "value"}
    for family in found.values():
        assert family == sorted(family, key=lambda target: (target.of, target.by))
        assert len({target.kind for target in family}) == 1


def test_only_lines_that_lead_to_wrong_parameters_are_suspected_upstream_first() -> None:
    assert list(suspected(WRONG)) == [
        "dz2 = (a2 - T) * a2 * (1 - a2)",
        "dz1 = (dz2 @ W2.T) * a1 * (1 - a1)",
        "dW1 = -X.T @ dz1",
        "W1 -= 0.1 * dW1",
    ]


def test_each_neuron_s_delta_is_matched_with_its_own() -> None:
    """By the parameters that δ goes into and that ∂J/∂z comes from."""
    seek = searching(NO_SLOPE)
    nodes = suspected(NO_SLOPE)['error = neuron["output"] - expected[j]']
    assert len(nodes) == 2
    found = list(assignments(seek, nodes, "gradient"))
    assert found
    for assigned in found:
        assert set(assigned) == {node.number for node in nodes}
        assert len(set(assigned.values())) == len(nodes)
        for number, target in assigned.items():
            assert target.kind == "gradient"
            assert seek.below[number] & seek.above[target.of]
