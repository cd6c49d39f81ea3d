"""What can go wrong, as exceptions whose message is one sentence for the person who sees it."""


class InputError(ValueError):
    """Data, a file or a setting that cannot be used; the message says which, why and what to do."""


class DivergenceError(ArithmeticError):
    """Training left the finite numbers; the model keeps the weights of its last finite epoch.

    Attributes:
        epoch: the epoch (counted from 1) in which it happened.
    """

    def __init__(self, message: str, epoch: int) -> None:
        super().__init__(message)
        self.epoch = epoch

    # pickle would call the class with the message alone; joblib's processes send errors by pickle
    def __reduce__(self) -> tuple[type["DivergenceError"], tuple[str, int]]:
        return type(self), (str(self), self.epoch)
