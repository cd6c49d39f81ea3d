"""A line an epoch, for a training that is asked to say how it goes on."""

from ..words import counted


def epoch_line(
    number: int, loss: float, validation_loss: float | None, validation_score: float | None
) -> str:
    """Return what an epoch came to; None where no rows are validated with.

    >>> epoch_line(12, 0.25, None, None)
    'epoch 12: loss 0.250000'
    >>> epoch_line(3, 0.25, 0.5, 0.75)
    'epoch 3: loss 0.250000, validation loss 0.500000, score 0.7500'
    """
    line = f"epoch {number}: loss {loss:.6f}"
    if validation_loss is not None and validation_score is not None:
        line += f", validation loss {validation_loss:.6f}, score {validation_score:.4f}"
    return line


def end_line(reason: str, epochs: int) -> str:
    """Return why a training stopped.

    >>> end_line("converged", 12)
    'stopped after 12 epochs: converged'
    >>> end_line("callback", 1)
    'stopped after 1 epoch: callback'
    """
    return f"stopped after {counted(epochs, 'epoch')}: {reason}"
