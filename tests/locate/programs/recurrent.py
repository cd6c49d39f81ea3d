"""Through time: dicts of steps, clipping, Adam with its own dict of moments."""
import copy

import numpy as np

rng = np.random.default_rng(2)
sizes = {'Wx': (5, 3), 'Wh': (5, 5), 'Wy': (3, 5), 'bh': (5, 1)}
P = {name: rng.standard_normal(shape) * 0.3 for name, shape in sizes.items()}
M = {name: np.zeros_like(p) for name, p in P.items()}
V = copy.deepcopy(M)
text = [0, 1, 2, 1, 0, 2, 1]
for it in range(1, 9):
    xs, hs, ps, loss = {}, {-1: np.zeros((5, 1))}, {}, 0
    for t, (now, nxt) in enumerate(zip(text, text[1:])):
        xs[t] = np.eye(3)[:, [now]]
        hs[t] = np.tanh(P['Wx'] @ xs[t] + P['Wh'] @ hs[t - 1] + P['bh'])
        e = np.exp(P['Wy'] @ hs[t])
        ps[t] = e / e.sum()
        loss -= np.log(ps[t][nxt, 0])
    G = {name: np.zeros(p.shape) for name, p in P.items()}
    dnext = 0
    for t in range(len(text) - 2, -1, -1):
        dy = ps[t].copy()
        dy[text[t + 1]] -= 1
        G['Wy'] += dy @ hs[t].T
        dz = (P['Wy'].T @ dy + dnext) * (1 - hs[t] ** 2)
        G['Wx'] += np.outer(dz, xs[t])
        G['Wh'] += np.outer(dz, hs[t - 1].ravel())
        G['bh'] += dz
        dnext = P['Wh'].T.dot(dz)
    for name in P:
        g = G[name].clip(-5, 5)
        M[name] = 0.9 * M[name] + 0.1 * g
        V[name] = 0.999 * V[name] + 0.001 * g * g
        P[name] -= 0.05 * (M[name] / (1 - 0.9 ** it)) / (np.sqrt(V[name] / (1 - 0.999 ** it)) + 1e-8)
    print(it, loss, {name: float(np.abs(p).max()) for name, p in P.items()})
