"""A program as a list of lines, each one operation on earlier ones; equal ones are one line."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One line: the name of an operation and the lines it takes; of "number", the number."""

    name: str
    args: tuple[Any, ...] = ()


ONE, MINUS_ONE = (Operation("number", (n,)) for n in (1.0, -1.0))


class Lines:
    """The lines of one program."""

    def __init__(self) -> None:
        self.all: list[Operation] = []
        self._place: dict[Operation, int] = {}

    def add(self, name: str, *args: Any) -> int:
        """Return the line of this operation."""
        operation = Operation(name, args)
        if operation not in self._place:
            self._place[operation] = len(self.all)
            self.all.append(operation)
        return self._place[operation]

    def number(self, value: float) -> int:
        """Return the line of a number."""
        return self.add("number", float(value))

    def times(self, a: int, b: int) -> int:
        """Return the line of a product."""
        for one, other in ((a, b), (b, a)):
            if self.all[one] == ONE:
                return other
            if self.all[one] == MINUS_ONE:
                return self.negative(other)
        return self.add("multiply", a, b)

    def negative(self, line: int) -> int:
        """Return the line of −a."""
        operation = self.all[line]
        if operation.name == "number":
            return self.number(-operation.args[0])
        if operation.name == "negative":
            return int(operation.args[0])
        return self.add("negative", line)

    def power(self, line: int, n: int) -> int:
        """Return the line of an integer power, n ≥ 0, by squaring."""
        if n == 0:
            return self.number(1)
        if n == 1:
            return line
        half = self.power(line, n // 2)
        square = self.add("multiply", half, half)
        return square if n % 2 == 0 else self.add("multiply", square, line)

    def total(self, lines: list[int]) -> int:
        """Return the line of a sum."""
        result = lines[0]
        for line in lines[1:]:
            operation = self.all[line]
            if operation.name == "negative":
                result = self.add("subtract", result, *operation.args)
            elif operation.name == "number" and operation.args[0] < 0:
                result = self.add("subtract", result, self.number(-operation.args[0]))
            else:
                result = self.add("add", result, line)
        return result

    def polynomial(self, coefficients: list[float], line: int) -> int:
        """Return the line of c₀ + c₁ t + c₂ t² + …, by Horner's rule."""
        result = self.number(coefficients[-1])
        for c in reversed(coefficients[:-1]):
            result = self.total([self.times(result, line), self.number(c)])
        return result

    def needed(self, outputs: tuple[int, ...]) -> list[int]:
        """Return the lines that these outputs need, in their order."""
        found: set[int] = set()
        open_ = list(outputs)
        while open_:
            line = open_.pop()
            if line not in found:
                found.add(line)
                if self.all[line].name != "number":
                    open_ += self.all[line].args
        return sorted(found)
