"""One forward and one backward pass as a script; the gradients are printed."""
import numpy as np

np.random.seed(1)
X = np.random.randn(6, 3)
Y = np.random.rand(6, 2)
W1 = np.random.randn(3, 4) * 0.3
b1 = np.zeros((1, 4))
W2 = np.random.randn(4, 2) * 0.3
b2 = np.zeros((1, 2))

Z1 = X.dot(W1) + b1
A1 = np.tanh(Z1)
Z2 = A1.dot(W2) + b2
A2 = 1 / (1 + np.exp(-Z2))
cost = -np.mean(np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2), axis=1))

dZ2 = (A2 - Y) / 6
dW2 = A1.T.dot(dZ2)
db2 = dZ2.sum(axis=0, keepdims=True)
dA1 = dZ2.dot(W2.T)
dZ1 = dA1 * (1 - A1 ** 2)
dW1 = X.T.dot(dZ1)
db1 = dZ1.sum(axis=0, keepdims=True)
print(cost, np.linalg.norm(dW1), np.linalg.norm(dW2))
print(dW1, db1, dW2, db2)
