# linear regression by stochastic gradient descent, plain lists and floats
import random


def make_rows(n):
    random.seed(5)
    rows = []
    for _ in range(n):
        x = [random.uniform(-1.0, 2.0), random.gauss(0.5, 1.0), random.uniform(0.2, 1.7)]
        rows.append((x, 1.3 * x[0] - 0.7 * x[1] + 0.4 * x[2] + 2.2 + random.gauss(0.0, 0.1)))
    return rows


def fit(rows, rate, epochs):
    w = [0.1, -0.2, 0.3]
    b = 0.5
    for epoch in range(epochs):
        total = 0.0
        for x, y in rows:
            y_hat = b
            for j in range(len(w)):
                y_hat += w[j] * x[j]
            error = y_hat - y
            total += error ** 2
            for j in range(len(w)):
                w[j] = w[j] - rate * 2 * error * x[j]
            b = b - rate * 2 * error
        if epoch % 10 == 0:
            print('epoch', epoch, 'sum of squares', round(total, 4))
    return w, b


if __name__ == '__main__':
    rows = make_rows(30)
    w, b = fit(rows, 0.01, 60)
    print('weights', [round(v, 3) for v in w], 'bias', round(b, 3))
