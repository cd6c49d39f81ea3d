"""A network and its trainer, two classes; the minimiser gets a bound method."""
import numpy as np
from scipy import optimize


class Network(object):
    def __init__(self):
        self.inputs, self.outputs, self.hidden = 2, 1, 3
        self.W1 = np.random.randn(self.inputs, self.hidden)
        self.W2 = np.random.randn(self.hidden, self.outputs)

    def forward(self, X):
        self.z2 = np.dot(X, self.W1)
        self.a2 = self.sigmoid(self.z2)
        self.z3 = np.dot(self.a2, self.W2)
        return self.sigmoid(self.z3)

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoid_prime(self, z):
        return np.exp(-z) / ((1 + np.exp(-z)) ** 2)

    def cost(self, X, y):
        self.yHat = self.forward(X)
        return 0.5 * np.sum((y - self.yHat) ** 2)

    def cost_prime(self, X, y):
        self.yHat = self.forward(X)
        delta3 = np.multiply(-(y - self.yHat), self.sigmoid_prime(self.z3))
        dJdW2 = np.dot(self.a2.T, delta3)
        delta2 = np.dot(delta3, self.W2.T) * self.sigmoid_prime(self.z2)
        dJdW1 = np.dot(X.T, delta2)
        return dJdW1, dJdW2

    def get_params(self):
        return np.concatenate((self.W1.ravel(), self.W2.ravel()))

    def set_params(self, params):
        end = self.hidden * self.inputs
        self.W1 = np.reshape(params[0:end], (self.inputs, self.hidden))
        self.W2 = np.reshape(params[end:end + self.hidden * self.outputs], (self.hidden, self.outputs))

    def compute_gradients(self, X, y):
        dJdW1, dJdW2 = self.cost_prime(X, y)
        return np.concatenate((dJdW1.ravel(), dJdW2.ravel()))


class Trainer(object):
    def __init__(self, N):
        self.N = N

    def callback(self, params):
        self.N.set_params(params)
        self.J.append(self.N.cost(self.X, self.y))

    def wrapper(self, params, X, y):
        self.N.set_params(params)
        return self.N.cost(X, y), self.N.compute_gradients(X, y)

    def train(self, X, y):
        self.X, self.y = X, y
        self.J = []
        start = self.N.get_params()
        res = optimize.minimize(self.wrapper, start, jac=True, method='BFGS', args=(X, y),
                                options={'maxiter': 200}, callback=self.callback)
        self.N.set_params(res.x)


np.random.seed(0)
X = np.array(([3, 5], [5, 1], [10, 2]), dtype=float) / 10
y = np.array(([75], [82], [93]), dtype=float) / 100
T = Trainer(Network())
T.train(X, y)
print(T.J[-1])
