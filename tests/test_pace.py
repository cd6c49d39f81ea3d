import pytest

from chainrule.errors import InputError
from chainrule.pace import USUAL, Clock, Pace, pace_of


@pytest.mark.parametrize(
    ("every", "pace"),
    [
        (None, USUAL),
        (3, Pace(epochs=3)),
        ("3", Pace(epochs=3)),
        ("1 epoch", Pace(epochs=1)),
        ("2.5s", Pace(seconds=2.5)),
        ("5 min", Pace(seconds=300.0)),
        ("1 hour", Pace(seconds=3600.0)),
    ],
)
def test_a_pace_is_said_in_epochs_or_in_time(every: int | str | None, pace: Pace) -> None:
    assert pace_of(every, "every") == pace


@pytest.mark.parametrize("every", ["", "often", "-1s", "0", "0s", "10 rows", "1e3 epochs", True])
def test_what_is_no_pace_is_refused(every: int | str) -> None:
    with pytest.raises(InputError, match=r"`every` must say how many epochs or seconds, as"):
        pace_of(every, "every")


def test_half_an_epoch_is_refused() -> None:
    with pytest.raises(InputError, match=r"must be a whole number of epochs; got '2.5 epochs'"):
        pace_of("2.5 epochs", "every")


def test_epochs_count_from_where_a_training_begins() -> None:
    clock = Clock(Pace(epochs=10), epoch=4)
    assert next(epoch for epoch in range(30) if clock.is_time(epoch)) == 14
    clock.wrote(15, seconds=1e9)
    assert not clock.is_time(24)
    assert clock.is_time(25)
    clock.begin(0)
    assert clock.is_time(10)


def test_writing_that_takes_long_is_done_less_often() -> None:
    usual, asked = Clock(Pace(seconds=1e-9, share=0.01)), Clock(Pace(seconds=1e-9))
    assert usual.is_time(0)
    assert asked.is_time(0)
    usual.wrote(0, seconds=60.0)
    asked.wrote(0, seconds=0.0)
    assert not usual.is_time(0)
    assert asked.is_time(0)
