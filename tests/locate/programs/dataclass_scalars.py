"""Dataclasses, properties, private names, generators; every partial a variable."""
import random
from dataclasses import dataclass, field
from math import exp, log


@dataclass
class Unit:
    weight: float = 0.8
    bias: float = -0.2
    trace: list = field(default_factory=list)

    @property
    def size(self):
        return abs(self.weight) + abs(self.bias)

    def __call__(self, x: float) -> float:
        z = self.weight * x + self.bias
        return 1.0 / (1.0 + exp(-z))


class Trainer:
    __slots__ = ('__rate', 'unit')

    def __init__(self, unit, rate=0.5):
        self.unit = unit
        self.__rate = rate

    def steps(self, rows):
        for x, y in rows:
            p = self.unit(x)
            loss = -(y * log(p) + (1 - y) * log(1 - p))
            dl_dp = -(y / p - (1 - y) / (1 - p))
            dp_dz = p * (1 - p)
            dl_dz = dl_dp * dp_dz
            dl_dw, dl_db = dl_dz * x, dl_dz
            self.unit.weight -= self.__rate * dl_dw
            self.unit.bias -= self.__rate * dl_db
            self.unit.trace.append(p)
            yield loss


random.seed(8)
rows = [(x := random.gauss(0.0, 1.0), float(x > 0.2)) for _ in range(6)]
unit = Unit()
trainer = Trainer(unit)
for epoch in range(4):
    print(epoch, sum(trainer.steps(rows)), unit.size)
print(unit)
