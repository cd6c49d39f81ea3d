"""Who hears how an experiment goes on, in the tests."""


class Listener:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.epochs: list[tuple[int, float]] = []

    def begin(self, label: str, epochs: int) -> None:
        self.begun.append((label, epochs))

    def epoch(self, number: int, loss: float) -> None:
        self.epochs.append((number, loss))
