"""Minimisers that are handed no gradient take differences of their own."""
import numpy as np
from scipy.optimize import minimize, fmin

rng = np.random.default_rng(5)
X = rng.normal(size=(30, 3))
y = X @ [1.0, 2.0, 3.0]

def cost(w):
    e = X @ w - y
    return e @ e

print(fmin(cost, np.zeros(3), disp=0))
print(minimize(cost, np.zeros(3)).x)
print(minimize(cost, np.zeros(3), jac='2-point').x)
