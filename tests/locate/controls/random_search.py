"""Hill climbing: a random change of a small network is kept if the error gets smaller."""
import math
import random

random.seed(12)
rows = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]


def predict(w, x):
    h = [math.tanh(w[3 * i] * x[0] + w[3 * i + 1] * x[1] + w[3 * i + 2]) for i in range(2)]
    return 1.0 / (1.0 + math.exp(-(w[6] * h[0] + w[7] * h[1] + w[8])))


def error(w):
    return sum((predict(w, x) - y) ** 2 for x, y in rows)


weights = [random.uniform(-1, 1) for _ in range(9)]
best = error(weights)
for trial in range(3000):
    candidate = [w + random.gauss(0, 0.3) for w in weights]
    e = error(candidate)
    if e < best:
        weights, best = candidate, e
print('error', best)
