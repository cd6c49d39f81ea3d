"""Q-learning on a corridor of seven cells: a table is moved towards its own target."""
import numpy as np

rng = np.random.RandomState(2)
Q = np.zeros((7, 2))
alpha, gamma = 0.3, 0.9
for episode in range(60):
    state = 3
    while state not in (0, 6):
        action = rng.randint(2) if rng.rand() < 0.2 else int(np.argmax(Q[state] + 1e-6 * rng.rand(2)))
        following = state + (1 if action else -1)
        reward = 1.0 if following == 6 else 0.0
        target = reward if following in (0, 6) else reward + gamma * np.max(Q[following])
        Q[state, action] += alpha * (target - Q[state, action])
        state = following
print(np.round(Q, 2))
