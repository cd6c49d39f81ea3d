"""Matrix factorisation of a small table of ratings by stochastic gradient descent; 0 is 'not rated'."""
import numpy as np


def make_ratings(rng):
    taste = rng.uniform(0.4, 1.6, size=(7, 2))
    genre = rng.uniform(0.5, 1.8, size=(2, 6))
    R = np.round(taste @ genre, 1)
    R[rng.uniform(size=R.shape) < 0.3] = 0
    return R


def total_error(R, P, Q, reg):
    e = 0
    for i in range(R.shape[0]):
        for j in range(R.shape[1]):
            if R[i, j] > 0:
                e += (R[i, j] - np.dot(P[i, :], Q[:, j])) ** 2
                for k in range(P.shape[1]):
                    e += (reg / 2) * (P[i, k] ** 2 + Q[k, j] ** 2)
    return e


def factorise(R, P, Q, steps, lr, reg):
    for step in range(steps):
        for i in range(R.shape[0]):
            for j in range(R.shape[1]):
                if R[i, j] > 0:
                    e = R[i, j] - np.dot(P[i, :], Q[:, j])
                    # the old row of P is kept, so that both factors move at the same time
                    old = P[i, :].copy()
                    for k in range(P.shape[1]):
                        P[i, k] += lr * (2 * e * Q[k, j] - reg * P[i, k])
                        Q[k, j] += lr * (2 * e * old[k] - reg * Q[k, j])
        if step % 40 == 0:
            print('step', step, 'error', total_error(R, P, Q, reg))
    return P, Q


if __name__ == '__main__':
    rng = np.random.RandomState(77)
    R = make_ratings(rng)
    P = rng.uniform(0.1, 0.9, size=(7, 3))
    Q = rng.uniform(0.1, 0.9, size=(3, 6))
    P, Q = factorise(R, P, Q, 160, 0.02, 0.02)
    print(np.round(P @ Q, 1))
