"""A network of one hidden layer for TNC: one vector in, cost and one vector out."""
import numpy as np
from scipy import optimize as opt

rng = np.random.default_rng(0)
X = rng.normal(size=(20, 4))
y = rng.integers(0, 3, 20)
Y = np.eye(3)[y]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_gradient(z):
    g = sigmoid(z)
    return g * (1 - g)


def cost(nn_params, n_in, n_hidden, n_labels, X, Y, lam):
    Theta1 = np.reshape(nn_params[:n_hidden * (n_in + 1)], (n_hidden, n_in + 1))
    Theta2 = np.reshape(nn_params[n_hidden * (n_in + 1):], (n_labels, n_hidden + 1))
    m = X.shape[0]
    a1 = np.concatenate([np.ones((m, 1)), X], axis=1)
    z2 = a1.dot(Theta1.T)
    a2 = np.concatenate([np.ones((m, 1)), sigmoid(z2)], axis=1)
    a3 = sigmoid(a2.dot(Theta2.T))
    reg = lam / (2 * m) * (np.sum(np.square(Theta1[:, 1:])) + np.sum(np.square(Theta2[:, 1:])))
    J = -1 / m * np.sum(np.log(a3) * Y + np.log(1 - a3) * (1 - Y)) + reg
    delta3 = a3 - Y
    delta2 = delta3.dot(Theta2)[:, 1:] * sigmoid_gradient(z2)
    Theta1_grad = 1 / m * delta2.T.dot(a1)
    Theta2_grad = 1 / m * delta3.T.dot(a2)
    Theta1_grad[:, 1:] = Theta1_grad[:, 1:] + lam / m * Theta1[:, 1:]
    Theta2_grad[:, 1:] = Theta2_grad[:, 1:] + lam / m * Theta2[:, 1:]
    grad = np.concatenate([Theta1_grad.ravel(), Theta2_grad.ravel()])
    return J, grad


start = np.concatenate((rng.uniform(-0.1, 0.1, 25).ravel(), rng.uniform(-0.1, 0.1, 18).ravel()))
f = lambda p: cost(p, 4, 5, 3, X, Y, 1.0)
res = opt.minimize(f, start, jac=True, method='TNC', options={'maxfun': 30})
print(res.fun)
