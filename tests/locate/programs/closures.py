"""Closures, lambdas, map, reduce: functions that return their own backward functions."""
import functools
import math
import operator


def linear(w, b):
    def forward(x):
        y = functools.reduce(operator.add, map(operator.mul, w, x), b)

        def backward(dy):
            dw = [dy * xi for xi in x]
            return dw, dy, [dy * wi for wi in w]

        return y, backward

    return forward


def squash(z):
    a = math.tanh(z)
    return a, lambda da: da * (1 - a ** 2)


def step(w, b, dw, db, rate=0.1):
    return [p - rate * g for p, g in zip(w, dw)], b - rate * db


w1, b1 = [0.3, -0.7], 0.1
w2, b2 = [1.2], -0.25
data = [([1.0, 2.0], 0.5), ([-1.5, 0.5], -0.5), ([0.25, -0.75], 0.9)]
history = []
for _ in range(10):
    total = 0
    for x, y in data:
        z, back1 = linear(w1, b1)(x)
        a, back_squash = squash(z)
        out, back2 = linear(w2, b2)([a])
        e = out - y
        total += e * e
        dw2, db2, (da,) = back2(2 * e)
        dw1, db1, _dx = back1(back_squash(da))
        w1, b1 = step(w1, b1, dw1, db1)
        w2, b2 = step(w2, b2, dw2, db2)
    history.append(total)
print(list(map(lambda v: round(v, 12), history)))
print(max(history), min(history), sorted(history)[:2], w1, b1, w2, b2)
