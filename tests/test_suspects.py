import pytest
from stuck import STUCK, Case, of_groups

from chainrule.evidence import evidence_of
from chainrule.suspects import suspects

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def accused(case: Case) -> list[str]:
    model, X, y = case
    model.fit(X, y)
    return [one.cause for one in suspects(evidence_of(model, model._known_rows(X, y, None)))]


@pytest.mark.parametrize("cause", sorted(set(STUCK) - {"too-few-steps", "start-weights"}))
def test_the_cause_is_among_the_suspects(cause: str) -> None:
    assert cause in accused(STUCK[cause]())


def test_causes_stand_before_their_consequences() -> None:
    found = accused(of_groups(
        hidden_layer_sizes=(2,), alpha=1e4, learning_rate_init=1.0, initializer="classic"
    ))  # fmt: skip
    assert found == ["penalty-too-heavy", "step-too-large", "network-too-small", "too-few-steps"]


def test_an_lbfgs_has_no_steps_to_blame() -> None:
    found = accused(of_groups(solver="lbfgs", max_iter=1))
    assert found == ["too-few-steps"]
