"""np.matrix, where * is the matrix product."""
import numpy as np

rng = np.random.default_rng(5)
X = np.matrix(rng.normal(size=(12, 3)))
Y = np.mat(X * [[1.0], [-2.0], [0.5]]) if hasattr(np, 'mat') else np.matrix(X * [[1.0], [-2.0], [0.5]])
V = np.asmatrix(rng.normal(0.0, 0.4, (3, 4)))
U = np.matrix(rng.uniform(-0.5, 0.5, size=(4, 1)))
for turn in range(15):
    A = np.tanh(X * V)
    E = A * U - Y
    dU = A.T * E / 12
    D = np.multiply(E * U.T, 1 - np.power(A, 2))
    dV = X.T * D / 12
    U -= 0.2 * dU
    V = V - 0.2 * dV
    if turn % 5 == 0:
        print(turn, float(np.sum(np.square(E))), E.A1[:2], isinstance(U, np.matrix))
print(U.T, V[0], V[0, 1], (V.T * V).I.A[0])
