"""Layer classes in a package beside the script; arguments; leaves by sys.exit."""
import sys

import numpy as np
from own_layers import Dense, squared

turns = int(sys.argv[1]) if len(sys.argv) > 1 else 8
rng = np.random.default_rng(11)
x = rng.normal(size=(16, 2))
y = np.stack([x[:, 0] * x[:, 1], np.sin(x[:, 0])], axis=1)
net = [Dense(2, 6, rng), Dense(6, 2, rng)]
for turn in range(turns):
    out = x
    for part in net:
        out = part.forward(out)
    loss, grad = squared(out, y)
    for part in net[::-1]:
        grad = part.backward(grad)
    for part in net:
        part.step(0.3)
    print(turn, loss)
print(Dense.count, net[0].W[0])
if __name__ == '__main__':
    sys.exit(0 if loss < 10 else 1)
