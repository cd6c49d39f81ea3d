# back-propagation network, lists of lists, momentum; in the old manner
import math
import random


def rand(a, b):
    return (b - a) * random.random() + a


def makeMatrix(rows, cols, fill=0.0):
    m = []
    for r in range(rows):
        m.append([fill] * cols)
    return m


def sigmoid(x):
    return math.tanh(x)


def dsigmoid(y):
    return 1.0 - y ** 2


class BPNet:
    def __init__(self, ni, nh, no):
        self.ni = ni + 1          # one more for the bias
        self.nh = nh
        self.no = no
        self.ai = [1.0] * self.ni
        self.ah = [1.0] * self.nh
        self.ao = [1.0] * self.no
        self.wi = makeMatrix(self.ni, self.nh)
        self.wo = makeMatrix(self.nh, self.no)
        for i in range(self.ni):
            for j in range(self.nh):
                self.wi[i][j] = rand(-0.8, 0.8)
        for j in range(self.nh):
            for k in range(self.no):
                self.wo[j][k] = rand(-1.0, 1.0)
        # last change, for the momentum
        self.ci = makeMatrix(self.ni, self.nh)
        self.co = makeMatrix(self.nh, self.no)

    def update(self, inputs):
        for i in range(self.ni - 1):
            self.ai[i] = inputs[i]
        for j in range(self.nh):
            total = 0.0
            for i in range(self.ni):
                total = total + self.ai[i] * self.wi[i][j]
            self.ah[j] = sigmoid(total)
        for k in range(self.no):
            total = 0.0
            for j in range(self.nh):
                total = total + self.ah[j] * self.wo[j][k]
            self.ao[k] = sigmoid(total)
        return self.ao[:]

    def backPropagate(self, targets, N, M):
        output_deltas = [0.0] * self.no
        for k in range(self.no):
            error = targets[k] - self.ao[k]
            output_deltas[k] = dsigmoid(self.ao[k]) * error

        hidden_deltas = [0.0] * self.nh
        for j in range(self.nh):
            back = 0.0
            for k in range(self.no):
                back = back + output_deltas[k] * self.wo[j][k]
            hidden_deltas[j] = dsigmoid(self.ah[j]) * back

        for j in range(self.nh):
            for k in range(self.no):
                change = output_deltas[k] * self.ah[j]
                self.wo[j][k] = self.wo[j][k] + N * change + M * self.co[j][k]
                self.co[j][k] = change

        for i in range(self.ni):
            for j in range(self.nh):
                change = hidden_deltas[j] * self.ai[i]
                self.wi[i][j] = self.wi[i][j] + N * change + M * self.ci[i][j]
                self.ci[i][j] = change

        sse = 0.0
        for k in range(len(targets)):
            sse = sse + 0.5 * (targets[k] - self.ao[k]) ** 2
        return sse

    def train(self, patterns, iterations=300, N=0.1, M=0.03):
        for it in range(iterations):
            sse = 0.0
            for p in patterns:
                self.update(p[0])
                sse = sse + self.backPropagate(p[1], N, M)
            if it % 60 == 0:
                print('error %-.5f' % sse)


def demo():
    random.seed(3)
    pat = [[[-0.9, 0.7], [0.6, -0.5]], [[0.4, 0.8], [-0.7, 0.3]], [[0.9, -0.6], [0.5, 0.4]], [[-0.5, -0.8], [-0.6, -0.2]],
           [[0.2, -0.3], [0.1, 0.7]]]
    n = BPNet(2, 4, 2)
    n.train(pat)
    for p in pat:
        print(p[0], '->', ['%.2f' % v for v in n.update(p[0])])


if __name__ == '__main__':
    demo()
