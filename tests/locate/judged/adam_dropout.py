"""Three-layer classifier with inverted dropout and gradients clipped by their norm; trained with RMSProp, then with Adam."""
import numpy as np


def initialise(rng, sizes):
    params = {}
    for k in range(1, len(sizes)):
        params['W%d' % k] = rng.randn(sizes[k - 1], sizes[k]) * 1.2 / np.sqrt(sizes[k - 1])
        params['b%d' % k] = 0.1 * rng.randn(sizes[k])
    return params


def forward(params, X, keep, rng):
    c = {'X': X}
    c['Z1'] = X @ params['W1'] + params['b1']
    c['A1'] = np.tanh(c['Z1'])
    c['M1'] = (rng.rand(*c['A1'].shape) < keep) / keep
    c['D1'] = c['A1'] * c['M1']
    c['Z2'] = c['D1'] @ params['W2'] + params['b2']
    c['A2'] = np.maximum(0, c['Z2'])
    c['M2'] = (rng.rand(*c['A2'].shape) < keep) / keep
    c['D2'] = c['A2'] * c['M2']
    scores = c['D2'] @ params['W3'] + params['b3']
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    c['probs'] = e / e.sum(axis=1, keepdims=True)
    return c


def backward(params, c, y):
    n = len(y)
    grads = {}
    dS = c['probs'].copy()
    dS[np.arange(n), y] -= 1
    dS = dS / n
    grads['W3'] = c['D2'].T @ dS
    grads['b3'] = dS.sum(axis=0)
    dA2 = dS @ params['W3'].T * c['M2']
    dZ2 = dA2 * (c['Z2'] > 0)
    grads['W2'] = c['D1'].T @ dZ2
    grads['b2'] = dZ2.sum(axis=0)
    dA1 = dZ2 @ params['W2'].T * c['M1']
    dZ1 = dA1 * (1 - c['A1'] ** 2)
    grads['W1'] = c['X'].T @ dZ1
    grads['b1'] = dZ1.sum(axis=0)
    return grads


def clip_by_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(g ** 2) for g in grads.values()))
    if norm > limit:
        for name in grads:
            grads[name] = grads[name] * (limit / norm)
    return norm


def rmsprop(params, grads, memory, lr, decay=0.9):
    for name in params:
        s = memory.setdefault('s' + name, np.zeros_like(params[name]))
        s[...] = decay * s + (1 - decay) * grads[name] ** 2
        params[name] -= lr * grads[name] / (np.sqrt(s) + 1e-8)


def adam(params, grads, memory, lr, beta1=0.9, beta2=0.999):
    t = memory['t'] = memory.get('t', 0) + 1
    for name in params:
        m = memory.setdefault('m' + name, np.zeros_like(params[name]))
        v = memory.setdefault('v' + name, np.zeros_like(params[name]))
        m[...] = beta1 * m + (1 - beta1) * grads[name]
        v[...] = beta2 * v + (1 - beta2) * grads[name] ** 2
        params[name] -= lr * (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + 1e-8)


def make_points(rng, n):
    y = np.arange(n) % 3
    angle = 2.1 * y + 0.5 * rng.randn(n)
    X = np.c_[np.cos(angle), np.sin(angle), 0.4 * rng.randn(n), np.cos(2 * angle)] + 0.2 * rng.randn(n, 4)
    return X, y


def run(X, y, step, lr, rng, epochs=80):
    params, memory = initialise(rng, (4, 10, 7, 3)), {}
    for epoch in range(epochs):
        for start in range(0, len(y), 16):
            xb, yb = X[start:start + 16], y[start:start + 16]
            c = forward(params, xb, 0.8, rng)
            loss = -np.mean(np.log(c['probs'][np.arange(len(yb)), yb]))
            grads = backward(params, c, yb)
            clip_by_norm(grads, 0.5)
            step(params, grads, memory, lr)
        if epoch % 20 == 0:
            print(step.__name__, epoch, 'loss', round(loss, 4))
    accuracy = np.mean(forward(params, X, 1.0, rng)['probs'].argmax(axis=1) == y)
    print(step.__name__, 'accuracy', accuracy)
    return params, memory


if __name__ == '__main__':
    rng = np.random.RandomState(27)
    X, y = make_points(rng, 48)
    run(X, y, rmsprop, 0.005, rng)
    run(X, y, adam, 0.01, rng)
