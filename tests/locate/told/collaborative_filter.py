"""Ratings factored for conjugate gradients: both factors are parameters of one vector."""
import numpy as np
import scipy.optimize

generator = np.random.RandomState(3)
ratings = generator.randint(1, 6, size=(7, 5)).astype(float)
given = generator.rand(7, 5) > 0.3
N_FEATURES, STRENGTH = 3, 0.5


def serialize(films, users):
    return np.concatenate((np.ravel(films), np.ravel(users)))


def deserialize(both):
    films = both[:7 * N_FEATURES].reshape(7, N_FEATURES)
    users = both[7 * N_FEATURES:].reshape(5, N_FEATURES)
    return films, users


def cost(both):
    films, users = deserialize(both)
    error = np.multiply(films @ users.T - ratings, given)
    penalty = STRENGTH / 2 * np.power(both, 2).sum()
    return np.power(error, 2).sum() / 2 + penalty


def gradient(both):
    films, users = deserialize(both)
    error = np.multiply(films @ users.T - ratings, given)
    raw = serialize(error @ users, error.T @ films)
    return raw + STRENGTH * both


start = serialize(generator.rand(7, N_FEATURES), generator.rand(5, N_FEATURES))
result = scipy.optimize.minimize(cost, start, jac=gradient, method='CG', tol=1e-3)
print(round(result.fun, 4), result.success)
