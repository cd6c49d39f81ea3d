"""One LSTM cell unrolled over a short sequence: gates as functions of [h, x], linear read-out at every step."""
import numpy as np

H, D, O = 4, 3, 2


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


def make_params(rng):
    P = {}
    for gate in 'figo':
        P['W' + gate] = 0.6 * rng.randn(H, H + D)
        P['b' + gate] = 0.3 * rng.randn(H)
    P['Wy'] = 0.7 * rng.randn(O, H)
    P['by'] = 0.2 * rng.randn(O)
    return P


def make_sequence(rng, steps):
    xs = rng.randn(steps, D)
    ys = np.zeros((steps, O))
    for t in range(steps):
        ys[t, 0] = np.tanh(xs[:t + 1, 0].sum())
        ys[t, 1] = 0.5 * xs[t, 1] - 0.5 * xs[max(t - 1, 0), 2]
    return xs, ys


def forward(P, xs):
    h, c = np.zeros(H), np.zeros(H)
    tape = []
    for x in xs:
        z = np.concatenate([h, x])
        f = sigmoid(P['Wf'] @ z + P['bf'])
        i = sigmoid(P['Wi'] @ z + P['bi'])
        g = np.tanh(P['Wg'] @ z + P['bg'])
        o = sigmoid(P['Wo'] @ z + P['bo'])
        c_old = c
        c = f * c_old + i * g
        h = o * np.tanh(c)
        tape.append((z, f, i, g, o, c_old, c, h, P['Wy'] @ h + P['by']))
    return tape


def backward(P, tape, ys):
    G = {name: np.zeros_like(value) for name, value in P.items()}
    dh_next, dc_next = np.zeros(H), np.zeros(H)
    loss = 0.0
    for t in reversed(range(len(tape))):
        z, f, i, g, o, c_old, c, h, y = tape[t]
        loss += 0.5 * np.sum((y - ys[t]) ** 2)
        dy = y - ys[t]
        G['Wy'] += np.outer(dy, h)
        G['by'] += dy
        dh = P['Wy'].T @ dy + dh_next
        dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
        af = dc * c_old * f * (1 - f)
        ai = dc * g * i * (1 - i)
        ag = dc * i * (1 - g ** 2)
        ao = dh * np.tanh(c) * o * (1 - o)
        dz = np.zeros(H + D)
        for gate, a in zip('figo', (af, ai, ag, ao)):
            G['W' + gate] += np.outer(a, z)
            G['b' + gate] += a
            dz += P['W' + gate].T @ a
        dh_next = dz[:H]
        dc_next = dc * f
    return loss, G


def train(P, data, rate, epochs):
    for epoch in range(epochs):
        total = 0.0
        for xs, ys in data:
            loss, G = backward(P, forward(P, xs), ys)
            total += loss
            for name in P:
                P[name] -= rate * G[name]
        if epoch % 20 == 0:
            print('epoch %3d  loss %.4f' % (epoch, total))


if __name__ == '__main__':
    rng = np.random.RandomState(19)
    P = make_params(rng)
    data = [make_sequence(rng, 6) for _ in range(8)]
    train(P, data, 0.05, 100)
