"""Autoencoder whose decoder uses the transposed weights of the encoder."""
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class TiedAutoencoder:
    def __init__(self, n_visible, n_hidden, rng):
        self.W = rng.standard_normal((n_visible, n_hidden)) * 0.8
        self.b_hid = rng.standard_normal(n_hidden) * 0.2
        self.b_vis = rng.standard_normal(n_visible) * 0.2

    def encode(self, X):
        return sigmoid(X @ self.W + self.b_hid)

    def decode(self, H):
        return sigmoid(H @ self.W.T + self.b_vis)

    def train_step(self, X, lr):
        H = self.encode(X)
        R = self.decode(H)
        diff = R - X
        loss = 0.5 * np.sum(diff ** 2) / len(X)

        # decoder: dL/dR, then through the sigmoid
        d_vis = diff / len(X) * R * (1.0 - R)
        dW_dec = d_vis.T @ H
        # encoder: through W, then through the sigmoid
        d_code = d_vis @ self.W
        d_hid = d_code * H * (1.0 - H)
        dW_enc = X.T @ d_hid
        # W is used twice, both contributions count
        dW = dW_enc + dW_dec
        db_hid = d_hid.sum(axis=0)
        db_vis = d_vis.sum(axis=0)

        self.W -= lr * dW
        self.b_hid -= lr * db_hid
        self.b_vis -= lr * db_vis
        return loss


def make_patterns(rng, n):
    codes = rng.integers(0, 2, size=(n, 3))
    mixing = np.array([[0.8, 0.1, 0.6, 0.1, 0.2], [0.1, 0.7, 0.1, 0.6, 0.1], [0.05, 0.1, 0.25, 0.2, 0.65]])
    return np.clip(codes @ mixing + 0.05 * rng.standard_normal((n, 5)), 0.02, 0.98)


if __name__ == '__main__':
    rng = np.random.default_rng(23)
    X = make_patterns(rng, 24)
    model = TiedAutoencoder(5, 3, rng)
    for step in range(1200):
        loss = model.train_step(X[step % 2 * 12:step % 2 * 12 + 12], 1.0)
        if step % 200 == 0:
            print(f'{step:5d} {loss:.5f}')
    print('reconstruction error', np.mean((model.decode(model.encode(X)) - X) ** 2))
