"""One step of a network without biases; the loss is shown after it."""
import numpy as np

np.random.seed(3)
X = np.random.randn(7, 4)
T = np.random.rand(7, 2)
W1 = np.random.randn(4, 5) * 0.4
W2 = np.random.randn(5, 2) * 0.4
lr = 0.1

h = 1 / (1 + np.exp(-X @ W1))
out = h @ W2
err = out - T
dW2 = h.T @ err
dW1 = X.T @ ((err @ W2.T) * h * (1 - h))
W1 = W1 - lr * dW1
W2 = W2 - lr * dW2
h = 1 / (1 + np.exp(-X @ W1))
print(np.sum((h @ W2 - T) ** 2))
