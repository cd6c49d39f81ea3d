"""Plain Python: neurons are dicts, rows come from text, one step a row."""
import random
from math import exp

TEXT = """0.5,1.5,0
2.5,0.25,1
1.0,3.0,0
3.5,-1.0,1"""


def parse(text):
    rows = []
    for line in text.split('\n'):
        *values, label = line.split(',')
        rows.append(list(map(float, values)) + [int(label)])
    return rows


def layer(n_in, n_out):
    return [{'w': [random.uniform(-1.0, 1.0) for _ in range(n_in + 1)]} for _ in range(n_out)]


def forward(net, row):
    values = row[:2]
    for level in net:
        nxt = []
        for unit in level:
            total = unit['w'][-1]
            for w, v in zip(unit['w'], values):
                total += w * v
            unit['out'] = 1.0 / (1.0 + exp(-total))
            nxt.append(unit['out'])
        values = nxt
    return values


def backward(net, target):
    for k in reversed(range(len(net))):
        for j, unit in enumerate(net[k]):
            if k == len(net) - 1:
                error = target[j] - unit['out']
            else:
                error = sum(after['w'][j] * after['delta'] for after in net[k + 1])
            unit['delta'] = error * unit['out'] * (1 - unit['out'])


def update(net, row, rate=0.3):
    values = row[:2]
    for level in net:
        for unit in level:
            for i in range(len(values)):
                unit['w'][i] += rate * unit['delta'] * values[i]
            unit['w'][-1] += rate * unit['delta']
        values = [unit['out'] for unit in level]


random.seed(3)
rows = parse(TEXT)
net = [layer(2, 3), layer(3, 2)]
for epoch in range(6):
    random.shuffle(rows)
    loss = 0.0
    for row in rows:
        out = forward(net, row)
        target = [0, 0]
        target[row[-1]] = 1
        loss += sum([(t - o) ** 2 for t, o in zip(target, out)])
        backward(net, target)
        update(net, row)
    print(f'{epoch} {loss!r} {loss:.4f}', '%.3e' % loss)
print(net)
