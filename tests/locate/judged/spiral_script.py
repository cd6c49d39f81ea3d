# three spiral arms, one hidden layer, everything at module level
import numpy as np

np.random.seed(8)
N, D, K, h = 25, 2, 3, 12
X = np.zeros((N * K, D))
y = np.zeros(N * K, dtype='uint8')
for j in range(K):
    ix = range(N * j, N * (j + 1))
    r = np.linspace(0.05, 1, N)
    t = np.linspace(j * 4, (j + 1) * 4, N) + np.random.randn(N) * 0.15
    X[ix] = np.c_[r * np.sin(t), r * np.cos(t)]
    y[ix] = j

W = 0.8 * np.random.randn(D, h)
b = 0.1 * np.random.randn(1, h)
W2 = 0.4 * np.random.randn(h, K)
b2 = 0.1 * np.random.randn(1, K)
step_size = 1.0
reg = 0.002
num_examples = X.shape[0]

for i in range(600):
    # class scores
    hidden_layer = np.maximum(0, np.dot(X, W) + b)
    scores = np.dot(hidden_layer, W2) + b2

    # class probabilities and the loss
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    correct_logprobs = -np.log(probs[range(num_examples), y])
    data_loss = np.sum(correct_logprobs) / num_examples
    reg_loss = 0.5 * reg * np.sum(W * W) + 0.5 * reg * np.sum(W2 * W2)
    loss = data_loss + reg_loss
    if i % 100 == 0:
        print('iteration %d: loss %f' % (i, loss))

    # gradient on the scores
    dscores = probs
    dscores[range(num_examples), y] -= 1
    dscores /= num_examples

    # back into the second layer, the hidden layer, the first layer
    dW2 = np.dot(hidden_layer.T, dscores)
    db2 = np.sum(dscores, axis=0, keepdims=True)
    dhidden = np.dot(dscores, W2.T)
    dhidden[hidden_layer <= 0] = 0
    dW = np.dot(X.T, dhidden)
    db = np.sum(dhidden, axis=0, keepdims=True)

    # the penalty has a gradient as well
    dW2 += reg * W2
    dW += reg * W

    # step
    W += -step_size * dW
    b += -step_size * db
    W2 += -step_size * dW2
    b2 += -step_size * db2

hidden_layer = np.maximum(0, np.dot(X, W) + b)
print('training accuracy: %.2f' % np.mean(np.argmax(np.dot(hidden_layer, W2) + b2, axis=1) == y))
