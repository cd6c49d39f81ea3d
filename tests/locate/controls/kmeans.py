# k-means with a moving average of the centres; nothing is differentiated
import numpy as np

rng = np.random.RandomState(4)
points = np.vstack([c + 0.3 * rng.randn(15, 2) for c in ([0, 0], [2, 1], [-1, 2])])
centres = points[rng.choice(len(points), 3, replace=False)].copy()
for step in range(15):
    distance = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    nearest = distance.argmin(axis=1)
    for k in range(3):
        if np.any(nearest == k):
            error = points[nearest == k].mean(axis=0) - centres[k]
            centres[k] += 0.8 * error
    print(step, distance.min(axis=1).sum())
