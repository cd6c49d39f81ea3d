"""A scalar that remembers how it was made, and its backward(); the chain rule stands in the closures."""
import math
import random


class Scalar:
    def __init__(self, data, parents=()):
        self.data, self.grad = data, 0.0
        self.parents, self.push = parents, lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data + other.data, (self, other))

        def push():
            self.grad += out.grad
            other.grad += out.grad
        out.push = push
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data * other.data, (self, other))

        def push():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out.push = push
        return out

    def tanh(self):
        out = Scalar(math.tanh(self.data), (self,))

        def push():
            self.grad += (1 - out.data ** 2) * out.grad
        out.push = push
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for p in node.parents:
                    visit(p)
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.push()


random.seed(6)
hidden = [[Scalar(random.uniform(-1, 1)) for _ in range(3)] for _ in range(4)]
last = [Scalar(random.uniform(-1, 1)) for _ in range(5)]
rows = [((0.5, -1.0), 0.3), ((-0.8, 0.4), -0.6), ((1.2, 0.9), 0.8), ((-0.3, -0.7), 0.1)]
for epoch in range(60):
    total = Scalar(0.0)
    for (a, b), y in rows:
        h = [(w[0] * a + w[1] * b + w[2]).tanh() for w in hidden]
        out = last[4]
        for w, v in zip(last, h):
            out = out + w * v
        gap = out + (-y)
        total = total + gap * gap
    params = [w for row in hidden for w in row] + last
    for p in params:
        p.grad = 0.0
    total.backward()
    for p in params:
        p.data -= 0.05 * p.grad
    if epoch % 20 == 0:
        print(epoch, total.data)
