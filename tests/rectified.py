"""A network of ReLUs in plain Python, whose `if`s the tests write in other ways."""

# one row at a time, with ReLUs some of which are off from the start
RELUS = """
import random
random.seed(1)


def relu(z):
    if z > 0:
        return z
    return 0.0


def relu_derivative(a):
    if a > 0:
        return 1
    else:
        return 0


hidden = [[random.gauss(0, 1) for _ in range(5)] for _ in range(6)]
output = [[random.gauss(0, 1) for _ in range(7)] for _ in range(2)]
rows = [([random.gauss(0, 1) for _ in range(4)], random.random()) for _ in range(9)]
for epoch in range(5):
    for x, label in rows:
        h = [relu(w[-1] + sum(wi * xi for wi, xi in zip(w, x))) for w in hidden]
        o = [w[-1] + sum(wi * hi for wi, hi in zip(w, h)) for w in output]
        d2 = [ok - label for ok in o]
        d1 = [sum(output[k][j] * d2[k] for k in range(2)) * relu_derivative(h[j]) for j in range(6)]
        for k in range(2):
            for j in range(6):
                output[k][j] -= 0.05 * d2[k] * h[j]
            output[k][-1] -= 0.05 * d2[k]
        for j in range(6):
            for i in range(4):
                hidden[j][i] -= 0.05 * d1[j] * x[i]
            hidden[j][-1] -= 0.05 * d1[j]
    print(epoch, h, [relu_derivative(hj) for hj in h])
"""
