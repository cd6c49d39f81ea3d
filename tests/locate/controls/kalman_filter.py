"""A Kalman filter for position and speed; the state is corrected by gain times innovation."""
import numpy as np

rng = np.random.RandomState(5)
F = np.array([[1.0, 0.1], [0.0, 1.0]])
Hm = np.array([[1.0, 0.0]])
Q, R = 0.01 * np.eye(2), np.array([[0.25]])
state, P = np.zeros((2, 1)), np.eye(2)
for t in range(50):
    truth = 0.7 * 0.1 * t
    z = truth + 0.5 * rng.randn()
    state = F @ state
    P = F @ P @ F.T + Q
    innovation = z - Hm @ state
    K = P @ Hm.T @ np.linalg.inv(Hm @ P @ Hm.T + R)
    state = state + K @ innovation
    P = (np.eye(2) - K @ Hm) @ P
print('speed', state[1, 0])
