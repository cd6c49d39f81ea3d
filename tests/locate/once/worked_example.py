"""The worked example of many tutorials, every partial derivative a variable, one update."""
i1, i2 = 0.05, 0.10
w1, w2, w5, b1, b2 = 0.15, 0.20, 0.40, 0.35, 0.60
target = 0.01
rate = 0.5
import math
net = w1 * i1 + w2 * i2 + b1
h = 1 / (1 + math.exp(-net))
net_o = w5 * h + b2
o = 1 / (1 + math.exp(-net_o))
E = 0.5 * (target - o) ** 2
print(E)
dE_do = -(target - o)
do_dnet = o * (1 - o)
dE_dw5 = dE_do * do_dnet * h
dE_dh = dE_do * do_dnet * w5
dh_dnet = h * (1 - h)
dE_dw1 = dE_dh * dh_dnet * i1
dE_dw2 = dE_dh * dh_dnet * i2
w5 = w5 - rate * dE_dw5
w1 = w1 - rate * dE_dw1
w2 = w2 - rate * dE_dw2
print(w1, w2, w5)
