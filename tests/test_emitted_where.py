"""What `where` says of emitted programs: right, with the loss asked for; an error is found."""

import pytest
from emitted_programs import CASES, LANGUAGES, WIDE, Case, program
from judging import edited, line_of, report_of

from chainrule.losses import LOSSES

ALL = [*CASES, *(pytest.param(case, marks=pytest.mark.slow) for case in WIDE)]
IN_ITS_WORDS = {"categorical_cross_entropy": "softmax_cross_entropy"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ALL, ids=str)
def test_where_finds_it_right(case: Case, language: str) -> None:
    sizes, _, loss, _ = case
    report = report_of(program(case, language))
    n_layers = sizes.count("-")
    assert report.verdict == "correct", report.faults
    assert len(report.parameters) == 2 * n_layers
    assert {parameter.gradient for parameter in report.parameters} == {"correct"}
    assert report.loss is not None
    name = LOSSES[loss].name
    allowed = {IN_ITS_WORDS.get(name, name)}
    if language == "python" and name in ("huber", "mean_squared_error"):
        allowed.add("half_squared_error")  # of one row's numbers: the same, or the same times 2/k
    assert report.loss.name in allowed
    assert report.loss.shown == "equal"
    chain_rule = {line.line for line in report.lines if line.role == "chain_rule"}
    text = program(case, language).splitlines()
    if n_layers > 1:
        assert any("da" in text[number - 1] for number in chain_rule)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("numpy", "dz1 = da1 * logistic_derivative(a1)", "dz1 = da1"),
        ("numpy", "da1 = dz2 @ W2.T", "da1 = 2 * dz2 @ W2.T"),
        ("numpy", "dW1 = X.T @ dz1", "dW1 = -X.T @ dz1"),
        ("numpy", "db1 = dz1.sum(axis=0)", "db1 = dz1.mean(axis=0)"),
        ("python", '[neuron["dz"] * value for', '[-neuron["dz"] * value for'),
        ("python", 'neuron["dbias"] = neuron["dz"]', 'neuron["dbias"] = 2 * neuron["dz"]'),
    ],
)
def test_where_finds_a_planted_error(language: str, old: str, new: str) -> None:
    wrong = edited(program(CASES[0], language), (old, new))
    report = report_of(wrong)
    assert report.verdict == "wrong"
    assert [fault.line for fault in report.faults] == [line_of(wrong, new)]
