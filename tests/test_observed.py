from chainrule.observed import SeenEpoch


def test_an_epoch_that_was_not_looked_at_says_so() -> None:
    assert not SeenEpoch(1, 0.5, None, 0.1).looked_at
    assert SeenEpoch(1, 0.5, None, 0.1, training_loss=0.4).looked_at
