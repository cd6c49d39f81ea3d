import numpy as np


def make_columns(rng, m):
    Y = np.arange(m) % 3
    centres = np.array([[0.9, 0.1, 0.4, 0.7, 0.2, 0.5], [0.2, 0.8, 0.6, 0.1, 0.9, 0.3], [0.5, 0.6, 0.1, 0.9, 0.6, 0.8]]).T
    X = centres[:, Y] + 0.2 * rng.randn(6, m)
    return X, Y


def init_params(rng):
    W1 = rng.rand(8, 6) - 0.5
    b1 = rng.rand(8, 1) - 0.5
    W2 = rng.rand(3, 8) - 0.5
    b2 = rng.rand(3, 1) - 0.5
    return W1, b1, W2, b2


def ReLU(Z):
    return np.maximum(Z, 0)


def softmax(Z):
    A = np.exp(Z) / sum(np.exp(Z))
    return A


def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = ReLU(Z1)
    Z2 = W2.dot(A1) + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2


def ReLU_deriv(Z):
    return Z > 0


def one_hot(Y):
    one_hot_Y = np.zeros((Y.size, Y.max() + 1))
    one_hot_Y[np.arange(Y.size), Y] = 1
    return one_hot_Y.T


def backward_prop(Z1, A1, Z2, A2, W2, X, Y):
    m = Y.size
    one_hot_Y = one_hot(Y)
    dZ2 = A2 - one_hot_Y
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = W2.T.dot(dZ2) * ReLU_deriv(Z1)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2


def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha):
    W1 = W1 - alpha * dW1
    b1 = b1 - alpha * db1
    W2 = W2 - alpha * dW2
    b2 = b2 - alpha * db2
    return W1, b1, W2, b2


def get_accuracy(A2, Y):
    return np.sum(np.argmax(A2, 0) == Y) / Y.size


def gradient_descent(X, Y, alpha, iterations, rng):
    W1, b1, W2, b2 = init_params(rng)
    for i in range(iterations):
        Z1, A1, Z2, A2 = forward_prop(W1, b1, W2, b2, X)
        dW1, db1, dW2, db2 = backward_prop(Z1, A1, Z2, A2, W2, X, Y)
        W1, b1, W2, b2 = update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha)
        if i % 50 == 0:
            print('Iteration:', i, 'accuracy:', get_accuracy(A2, Y))
    return W1, b1, W2, b2


if __name__ == '__main__':
    rng = np.random.RandomState(31)
    X, Y = make_columns(rng, 45)
    W1, b1, W2, b2 = gradient_descent(X, Y, 0.3, 300, rng)
    print('done:', get_accuracy(forward_prop(W1, b1, W2, b2, X)[3], Y))
