"""A fixed network is evaluated; nothing is trained."""
import math

W1 = [[0.4, -0.7, 0.1], [0.9, 0.2, -0.3]]
W2 = [1.2, -0.8, 0.25]


def forward(x):
    h = [math.tanh(sum(w * v for w, v in zip(row, x)) + row[-1]) for row in W1]
    return 1.0 / (1.0 + math.exp(-(W2[0] * h[0] + W2[1] * h[1] + W2[2])))


for x in ([0.0, 1.0], [1.0, 0.0], [1.0, 1.0]):
    out = forward(x)
    print(x, round(out, 4), 'loss', round(-math.log(out), 4))
