"""Small convolutional classifier: loops for convolution and max-pooling, one dense layer, softmax."""
import numpy as np


class Conv:
    def __init__(self, n_filters, kh, kw, rng):
        self.kh, self.kw = kh, kw
        self.filters = rng.randn(n_filters, kh, kw) * 0.6
        self.bias = rng.randn(n_filters) * 0.1

    def forward(self, image):
        self.image = image
        rows, cols = image.shape[0] - self.kh + 1, image.shape[1] - self.kw + 1
        out = np.zeros((len(self.filters), rows, cols))
        for f in range(len(self.filters)):
            for i in range(rows):
                for j in range(cols):
                    patch = image[i:i + self.kh, j:j + self.kw]
                    out[f, i, j] = np.sum(patch * self.filters[f]) + self.bias[f]
        return out

    def backward(self, grad, lr):
        d_filters = np.zeros(self.filters.shape)
        d_bias = np.zeros(self.bias.shape)
        for f in range(grad.shape[0]):
            for i in range(grad.shape[1]):
                for j in range(grad.shape[2]):
                    d_filters[f] += grad[f, i, j] * self.image[i:i + self.kh, j:j + self.kw]
                    d_bias[f] += grad[f, i, j]
        self.filters -= lr * d_filters
        self.bias -= lr * d_bias


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, grad):
        return grad * (self.x > 0)


class MaxPool2:
    def forward(self, x):
        self.x = x
        n, rows, cols = x.shape
        self.out = np.zeros((n, rows // 2, cols // 2))
        for f in range(n):
            for i in range(rows // 2):
                for j in range(cols // 2):
                    self.out[f, i, j] = np.max(x[f, 2 * i:2 * i + 2, 2 * j:2 * j + 2])
        return self.out

    def backward(self, grad):
        dx = np.zeros(self.x.shape)
        for f in range(grad.shape[0]):
            for i in range(grad.shape[1]):
                for j in range(grad.shape[2]):
                    window = self.x[f, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                    a, b = np.unravel_index(np.argmax(window), window.shape)
                    dx[f, 2 * i + a, 2 * j + b] = grad[f, i, j]
        return dx


class Dense:
    def __init__(self, n_in, n_out, rng):
        self.weights = rng.randn(n_in, n_out) / np.sqrt(n_in)
        self.biases = rng.randn(n_out) * 0.1

    def forward(self, volume):
        self.shape = volume.shape
        self.flat = volume.flatten()
        return self.flat @ self.weights + self.biases

    def backward(self, grad, lr):
        d_weights = self.flat[:, np.newaxis] @ grad[np.newaxis, :]
        d_biases = grad
        d_inputs = self.weights @ grad
        self.weights -= lr * d_weights
        self.biases -= lr * d_biases
        return d_inputs.reshape(self.shape)


def softmax(scores):
    e = np.exp(scores - np.max(scores))
    return e / e.sum()


def train(conv, relu, pool, dense, image, label, lr):
    probs = softmax(dense.forward(pool.forward(relu.forward(conv.forward(image)))))
    loss = -np.log(probs[label])
    grad = probs.copy()
    grad[label] -= 1
    conv.backward(relu.backward(pool.backward(dense.backward(grad, lr))), lr)
    return loss, int(np.argmax(probs) == label)


def make_images(rng, n):
    images, labels = [], []
    for k in range(n):
        label = k % 3
        image = 0.3 * rng.randn(7, 6)
        row, col = rng.randint(1, 5), rng.randint(1, 4)
        if label == 0:
            image[row, :] += 1.0
        elif label == 1:
            image[:, col] += 1.0
        else:
            image[row:row + 2, col:col + 2] -= 1.2
        images.append(image)
        labels.append(label)
    return images, labels


if __name__ == '__main__':
    rng = np.random.RandomState(15)
    images, labels = make_images(rng, 24)
    conv, relu, pool, dense = Conv(3, 2, 3, rng), ReLU(), MaxPool2(), Dense(18, 3, rng)
    for epoch in range(8):
        loss, right = 0.0, 0
        for image, label in zip(images, labels):
            l, acc = train(conv, relu, pool, dense, image, label, 0.05)
            loss += l
            right += acc
        print('epoch %d: loss %.4f, right %d of %d' % (epoch, loss, right, len(images)))
