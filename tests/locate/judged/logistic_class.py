"""Logistic regression: one weight vector, one bias, full batch, ridge penalty on the weights."""
import numpy as np


class LogisticRegression:

    def __init__(self, lr=0.5, n_iters=300, lam=0.05):
        self.lr = lr
        self.n_iters = n_iters
        self.lam = lam
        self.weights = None
        self.bias = None
        self.history = []

    def fit(self, X, y):
        n_samples, n_features = X.shape
        self.weights = np.linspace(-0.5, 0.5, n_features)
        self.bias = 0.25
        for i in range(self.n_iters):
            p = self._sigmoid(np.dot(X, self.weights) + self.bias)
            self.history.append(self._loss(y, p))
            error = p - y
            dw = np.dot(X.T, error) / n_samples + self.lam * self.weights
            db = np.sum(error) / n_samples
            self.weights -= self.lr * dw
            self.bias -= self.lr * db
        return self

    def _loss(self, y, p):
        data = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        return data + 0.5 * self.lam * np.sum(self.weights ** 2)

    def _sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def predict(self, X):
        return (self._sigmoid(np.dot(X, self.weights) + self.bias) > 0.5).astype(int)


def make_points(n=50, seed=14):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4)) + np.array([0.3, -0.4, 0.1, 0.6])
    y = (1.5 * X[:, 0] - X[:, 1] + 0.5 * X[:, 3] + rng.normal(size=n) > 0.8).astype(float)
    return X, y


if __name__ == '__main__':
    X, y = make_points()
    model = LogisticRegression().fit(X, y)
    for i in range(0, 300, 60):
        print(f'step {i}: loss {model.history[i]:.4f}')
    print('accuracy', (model.predict(X) == y).mean())
