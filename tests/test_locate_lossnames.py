"""The loss that a program shows, against the one it descends."""

import pytest
from handwritten import NET
from judging import edited, line_of, report_of

from chainrule.locate.record import Loss

PRINT = "print(epoch, 0.5 * np.sum((a2 - T) ** 2))"
OTHER = "np.sum(np.abs(a2 - T))"


def loss_of(*edits: tuple[str, str]) -> Loss:
    loss = report_of(edited(NET, *edits)).loss
    assert loss is not None
    return loss


@pytest.mark.parametrize(
    ("printed", "shown", "stated"),
    [
        (PRINT, "equal", True),
        ("print(epoch, np.mean((a2 - T) ** 2))", "scaled", False),
        (f"print(epoch, {OTHER})", "different", False),
        ("print(epoch)", "none", False),
    ],
)
def test_what_is_printed_is_held_against_what_is_descended(
    printed: str, shown: str, stated: bool
) -> None:
    loss = loss_of((PRINT, printed))
    assert (loss.name, loss.shown) == ("half_squared_error", shown)
    assert loss.stated_at == (line_of(edited(NET, (PRINT, printed)), "print(epoch") if stated
                              else None)  # fmt: skip


def test_of_two_losses_printed_the_one_descended_is_stated() -> None:
    edit = (PRINT, f"print({OTHER})\n    {PRINT}")
    loss = loss_of(edit)
    assert (loss.name, loss.shown) == ("half_squared_error", "equal")
    assert loss.stated_at == line_of(edited(NET, edit), PRINT)


DECAY = [(f"{w} -= 0.1 * d{w}", f"{w} -= 0.1 * (d{w} + 0.02 * {w})") for w in ("W1", "W2")]


def test_a_penalty_may_be_shown_at_the_first_step_only() -> None:
    """The steps after it decay the weights, which alone does not say where it is stated."""
    penalty = "0.01 * (np.sum(W1**2) + np.sum(W2**2))"
    rare = f"if epoch == 0:\n        print(0.5 * np.sum((a2 - T) ** 2) + {penalty})"
    loss = loss_of((PRINT, rare), *DECAY)
    assert (loss.name, loss.shown) == ("half_squared_error + l2", "equal")


def test_weights_that_decay_descend_a_penalty_that_nothing_states() -> None:
    loss = loss_of((PRINT, "pass"), *DECAY)
    assert (loss.name, loss.shown) == ("half_squared_error + l2", "none")
    assert loss.formula == "½ Σ (a − y)² + λ Σ W²"
    assert loss_of(*DECAY).name == "half_squared_error"  # the loss stated has none
    grow = [(old, new.replace("+ 0.02", "- 0.02")) for old, new in DECAY]
    assert loss_of((PRINT, "pass"), *grow).name == "half_squared_error"


@pytest.mark.parametrize(
    ("step", "held"),
    [("0.1 * d{}", "d{}"), ("0.1 * {}.T @ {}", None)],
    ids=["apart", "in one line"],
)
def test_a_rate_kept_in_the_step_is_no_scale_of_the_loss(step: str, held: str | None) -> None:
    """V = rate · gradient, W −= V: the factor is the rate if the loss printed has not got it."""
    edits = []
    for w, a, dz in (("W1", "X", "dz1"), ("W2", "a1", "dz2")):
        value = step.format(w) if held else step.format(a, dz)
        edits.append((f"{w} -= 0.1 * d{w}", f"V{w} = {value}\n    {w} -= V{w}"))
    for b, dz in (("b1", "dz1"), ("b2", "dz2")):
        value = step.format(b) if held else f"0.1 * {dz}.sum(axis=0, keepdims=True)"
        edits.append((f"{b} -= 0.1 * d{b}", f"V{b} = {value}\n    {b} -= V{b}"))
    loss = loss_of(*edits)
    assert (loss.name, loss.shown) == ("half_squared_error", "equal")
    assert loss.scale == pytest.approx(1)
