"""Logistic regression for BFGS: cost and gradient are two functions; the bias is not penalized."""
import numpy as np
import scipy.optimize as opt

rng = np.random.RandomState(1)
X = np.insert(rng.randn(30, 3), 0, 1, axis=1)
y = (X[:, 1] + 0.5 * X[:, 2] > 0.1).astype(float)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def cost(theta, X, y, lam):
    h = sigmoid(X.dot(theta))
    J = (-y.dot(np.log(h)) - (1 - y).dot(np.log(1 - h))) / len(y)
    return J + lam / (2 * len(y)) * np.sum(theta[1:] ** 2)


def gradient(theta, X, y, lam):
    h = sigmoid(X.dot(theta))
    grad = X.T.dot(h - y) / len(y)
    grad[1:] += lam / len(y) * theta[1:]
    return grad


theta0 = np.zeros(X.shape[1])
print(cost(theta0, X, y, 1.0))
theta = opt.fmin_bfgs(cost, theta0, fprime=gradient, args=(X, y, 1.0), disp=0)
print(theta)
