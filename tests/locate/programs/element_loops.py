"""NumPy arrays read and written one element at a time."""
import numpy as np

np.random.seed(7)
n_in, n_hid = 3, 4
W = np.random.uniform(-0.5, 0.5, (n_hid, n_in))
v = np.random.rand(n_hid)
xs = np.random.randn(5, n_in)
ys = [float(np.sin(x[0])) for x in xs]
h = np.zeros(n_hid)
dh = np.zeros(n_hid)
for epoch in range(4):
    total = 0
    for n in range(5):
        out = 0.0
        for j in range(n_hid):
            acc = 0.0
            for i in range(n_in):
                acc += W[j][i] * xs[n, i]
            h[j] = np.tanh(acc)
            out += v[j] * h[j]
        err = out - ys[n]
        total += 0.5 * err ** 2
        for j in range(n_hid):
            dh[j] = err * v[j] * (1.0 - h[j] ** 2)
            v[j] -= 0.1 * err * h[j]
            for i in range(n_in):
                W[j, i] = W[j, i] - 0.1 * dh[j] * xs[n][i]
    print(epoch, total, W[0, 0], W.sum(), v)
print(W)
