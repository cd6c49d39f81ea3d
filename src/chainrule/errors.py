"""What can go wrong, as exceptions whose message is one sentence for the person who sees it."""


class InputError(ValueError):
    """Data, a file or a setting that cannot be used; the message says which, why and what to do."""


class FormulaError(InputError):
    """A formula that cannot be read.

    Attributes:
        sentence: what is wrong.
        shown: the formula, or its part about the place, and a caret beneath.
        status: that a command ends with.
    """

    status = 2

    def __init__(self, sentence: str, shown: str) -> None:
        super().__init__(f"{sentence}\n{shown}")
        self.sentence = sentence
        self.shown = shown

    # pickle would call the class with the message alone
    def __reduce__(self) -> tuple[type["FormulaError"], tuple[str, str]]:
        return type(self), (self.sentence, self.shown)


class DivergenceError(ArithmeticError):
    """Training left its bounds; the model has the weights of the last epoch that ended within.

    Attributes:
        happened: what happened and why.
        epoch: the epoch (counted from 1) in which it happened.
        weights: which weights the model has now.
    """

    def __init__(self, happened: str, epoch: int, weights: str = "") -> None:
        super().__init__(f"{happened} {weights}".rstrip())
        self.happened = happened
        self.epoch = epoch
        self.weights = weights

    # pickle would call the class with the message alone; joblib's processes send errors by pickle
    def __reduce__(self) -> tuple[type["DivergenceError"], tuple[str, int, str]]:
        return type(self), (self.happened, self.epoch, self.weights)


class InterruptionError(Exception):
    """A command that Ctrl-C or SIGTERM has ended.

    Attributes:
        sentence: what was written, and how to go on.
        status: that the command ends with; there is nothing to be `shown`.
    """

    shown = ""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
