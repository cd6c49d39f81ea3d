"""Views, fancy indices, masks, `out=`, ufunc.at, softmax changed in place, minibatches, dropout."""
import numpy as np

rng = np.random.RandomState(4)
X = rng.randn(30, 5)
X[:, 1] *= 2.0
labels = np.argmax(X[:, :3] + 0.1 * rng.randn(30, 3), axis=1)
W1, b1 = rng.randn(5, 7) * 0.5, np.zeros(7)
W2, b2 = rng.randn(7, 3) * 0.5, np.zeros(3)
embedding = np.zeros((3, 2))
order = np.arange(30)
for epoch in range(5):
    rng.shuffle(order)
    for start in range(0, 30, 10):
        pick = order[start:start + 10]
        x, t = X[pick], labels[pick]
        z = x @ W1 + b1
        keep = (rng.rand(*z.shape) < 0.8) / 0.8
        h = np.maximum(z, 0) * keep
        s = h @ W2 + b2
        s -= s.max(axis=1, keepdims=True)
        p = np.exp(s)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(10), t]).mean()
        p[range(10), t] -= 1
        p /= 10
        dW2 = np.empty_like(W2)
        np.dot(h.T, p, out=dW2)
        db2 = p.sum(0)
        dh = p @ W2.T
        dh *= keep
        dh[z <= 0] = 0
        grads = [x.T @ dh, dh.sum(axis=0), dW2, db2]
        for param, grad in zip([W1, b1, W2, b2], grads):
            np.clip(grad, -1.0, 1.0, out=grad)
            param -= 0.5 * grad
        np.add.at(embedding, t, p[:, :2])
    print(epoch, loss, W1[0, :3], np.linalg.norm(W2))
flat = W1.reshape(-1)
flat[3:6] = 0.25
top, bottom = np.split(W1, [2])
bottom[0] += top[1]
corner = W1.T[1:3, ::2]
corner[...] = -corner
print(W1.round(3))
a, b = np.modf(embedding)
print(a.sum(), b.sum(), np.where(labels == 1)[0], W1[W1 > 1].size, embedding.flat[3])
for row in W2[:2]:
    print(*row)
