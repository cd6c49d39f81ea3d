"""Every layer returns its outputs and a function that pulls gradients back. Standard library only; Huber loss."""
import math
import random
from dataclasses import dataclass, field


@dataclass
class Layer:
    w: list
    b: list
    gw: list = field(default_factory=list)
    gb: list = field(default_factory=list)

    def clear(self):
        self.gw = [[0.0] * len(row) for row in self.w]
        self.gb = [0.0] * len(self.b)


def new_layer(n_in, n_out):
    scale = 1 / math.sqrt(n_in)
    return Layer([[random.gauss(0, scale) for _ in range(n_in)] for _ in range(n_out)], [random.gauss(0, 0.2) for _ in range(n_out)])


def dense(layer, xs):
    outs = [sum(w * x for w, x in zip(row, xs)) + b for row, b in zip(layer.w, layer.b)]

    def pull(ds):
        layer.gw = [[g + d * x for g, x in zip(grow, xs)] for grow, d in zip(layer.gw, ds)]
        layer.gb = [g + d for g, d in zip(layer.gb, ds)]
        return [sum(d * w for d, w in zip(ds, column)) for column in zip(*layer.w)]
    return outs, pull


def tanh(xs):
    outs = [math.tanh(x) for x in xs]

    def pull(ds):
        return [d * (1.0 - o * o) for d, o in zip(ds, outs)]
    return outs, pull


def huber(outs, targets):
    gaps = [o - t for o, t in zip(outs, targets)]
    value = sum(0.5 * g * g if abs(g) <= 1.0 else abs(g) - 0.5 for g in gaps)
    return value, [max(-1.0, min(1.0, g)) for g in gaps]


def batches(rows, size):
    order = list(rows)
    random.shuffle(order)
    while order:
        batch, order = order[:size], order[size:]
        yield batch


def learn(net, batch, rate):
    total = 0.0
    for layer in net:
        layer.clear()
    for xs, targets in batch:
        tape = []
        for depth, layer in enumerate(net):
            xs, pull = dense(layer, xs)
            tape.append(pull)
            if depth < len(net) - 1:
                xs, pull = tanh(xs)
                tape.append(pull)
        value, ds = huber(xs, targets)
        total += value
        for pull in reversed(tape):
            ds = pull(ds)
    for layer in net:
        layer.w = [[w - rate * g for w, g in zip(row, grow)] for row, grow in zip(layer.w, layer.gw)]
        layer.b = [b - rate * g for b, g in zip(layer.b, layer.gb)]
    return total


def make_rows(n):
    for _ in range(n):
        a, b, c = (random.uniform(-1.5, 1.5) for _ in range(3))
        yield [a, b, c], [math.sin(2 * a) + 0.4 * b, 2.5 * b * c]


def main():
    random.seed(33)
    rows = list(make_rows(20))
    net = [new_layer(3, 6), new_layer(6, 4), new_layer(4, 2)]
    for epoch in range(120):
        loss = sum(learn(net, batch, 0.05) for batch in batches(rows, 5))
        if epoch % 30 == 0:
            print(f'epoch {epoch} huber {loss:.4f}')
    print(f'final {loss:.4f}')


if __name__ == '__main__':
    main()
