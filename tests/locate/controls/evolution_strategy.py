"""Evolution strategy: the weights follow the better of the random perturbations."""
import numpy as np

rng = np.random.RandomState(1)
X = rng.randn(30, 3)
y = np.tanh(X @ np.array([0.5, -1.0, 0.8]))


def fitness(w):
    return -np.mean((np.tanh(X @ w) - y) ** 2)


w = rng.randn(3)
for generation in range(80):
    noise = rng.randn(20, 3)
    reward = np.array([fitness(w + 0.1 * n) for n in noise])
    score = (reward - reward.mean()) / (reward.std() + 1e-9)
    w = w + 0.05 / (20 * 0.1) * noise.T @ score
    if generation % 20 == 0:
        print(generation, fitness(w))
print(w)
