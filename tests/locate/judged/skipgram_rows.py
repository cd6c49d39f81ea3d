"""Skip-gram with negative sampling; only the rows of the words at hand are changed."""
import numpy as np

TEXT = ('the small boat sails over the cold sea and the old ship sails over the wide sea '
        'a black cat sleeps by the warm fire and a grey dog sleeps by the open door').split()


def build_vocab(words):
    vocab = sorted(set(words))
    return vocab, {w: i for i, w in enumerate(vocab)}


def pairs(words, index, window=2):
    for pos, word in enumerate(words):
        for other in range(max(0, pos - window), min(len(words), pos + window + 1)):
            if other != pos and words[other] != word:
                yield index[word], index[words[other]]


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def train_pair(W_in, W_out, center, samples, labels, lr):
    """One center word against the true context word (label 1) and the negative ones (label 0)."""
    loss = 0.0
    v = W_in[center]
    grad_center = np.zeros(W_in.shape[1])
    for word, label in zip(samples, labels):
        score = sigmoid(np.dot(W_out[word], v))
        loss -= np.log(score) if label == 1 else np.log(1.0 - score)
        g = score - label
        grad_center += g * W_out[word]
        W_out[word] -= lr * g * v
    W_in[center] -= lr * grad_center
    return loss


def draw_negatives(rng, size, banned, k):
    choice = [i for i in range(size) if i not in banned]
    return list(rng.choice(choice, size=k, replace=False))


def train(W_in, W_out, stream, rng, epochs, k, lr):
    for epoch in range(epochs):
        total = 0.0
        for center, context in stream:
            samples = [context] + draw_negatives(rng, len(W_in), (center, context), k)
            labels = [1] + [0] * k
            total += train_pair(W_in, W_out, center, samples, labels, lr)
        if epoch % 10 == 0:
            print('epoch', epoch, 'loss', round(total / len(stream), 4))


if __name__ == '__main__':
    rng = np.random.RandomState(64)
    vocab, index = build_vocab(TEXT)
    W_in = 0.5 * rng.randn(len(vocab), 5)
    W_out = 0.5 * rng.randn(len(vocab), 5)
    train(W_in, W_out, list(pairs(TEXT, index)), rng, 50, 4, 0.1)
    near = W_in @ W_in[index['sails']]
    print('near to sails:', [vocab[i] for i in np.argsort(-near)[1:4]])
