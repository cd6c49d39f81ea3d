"""What prints or compares types, copies, pickles, formats, matches; odd corners of the language."""
import collections
import copy
import itertools
import json
import pickle

import numpy as np

Point = collections.namedtuple('Point', 'x y')
p = Point(0.1, -2.5)
a = np.array([1.5, 2.5, -3.5])
x = 0.3
print(type(x), type(x) is float, type(a), type(a[0]), type(a[0]) == np.float64, x.__class__.__name__)
print(p, repr(x), f'{x:>8.3f}|{p.x!r}|{a[1]}|{a}', '{:.2f} {}'.format(x, a[0]), '%s %d' % (x, 3.7))
print(json.dumps({'x': x, 'p': p, 'l': a.tolist()}), pickle.loads(pickle.dumps([x, a, a[2]])))
print(copy.copy(a) is a, copy.deepcopy({'k': [x, a]}), {0.5: 'half', x: 'x'}[0.3], x in {0.3, 0.4})
print(divmod(7.5, x), 7 // x, -x % 2, x ** 2, 2 ** x, round(x * 7, 1), int(x * 10), abs(-x), +x, not x)
print((-8.0) ** (1 / 3) if x > 1 else (-x) ** 0.5, 1 < x * 10 < 4, x == 0.3 != 2, bool(x), x.is_integer())
print(sum([0.1] * 10), sum(v / 3 for v in range(10)), sum([a, a]), sum([[x], [x]], []), max(a), a.max(), min(x, 2))
print(list(itertools.accumulate([0.1, 0.2, 0.3])), [*map(abs, a)], dict(zip('ab', a)), np.float64(x) + x)
print(a.T.shape, a[None].squeeze(), a[::-1], a[a > 0], a[[0, 2]], -a, a @ a, a ** 2, a ** -1.0, 2 ** a, a // 2, a % 2)
print(np.isnan(a).any(), np.allclose(a, a + 1e-12), np.array2string(a, precision=1), a.astype(int), a.item(0))
print(np.concatenate([a, [x]]), np.vstack((a, a))[1, 2], np.array([x, 2 * x]), np.array([[x, 1], [a[0], 2]]))
print(np.max(a), np.sum(a, axis=0), np.einsum('i,i->', a, a), *np.meshgrid(a[:2], [x]), np.unique(a.round()))


def describe(value):
    match value:
        case float(v) if v < 1.0:
            return f'small {v}'
        case [first, *_]:
            return f'list from {first}'
        case _:
            return 'other'


class Meter:
    unit = 2.5

    def __init__(self, value: float = 1.5):
        self.value: float = value

    def __mul__(self, other):
        return Meter(self.value * (other.value if isinstance(other, Meter) else other))

    __rmul__ = __mul__

    def __repr__(self):
        return f'<{self.value}>'


print(describe(x), describe([x]), describe(a[0]), 2.0 * Meter(), x * Meter(x) * 3, Meter() * Meter(a[0]))
b = c = a
b[0], c[1] = c[1], b[0]
b[:] = b + 1
d = a[1:]
d += 10.0
print(a, b is c, d, a.base is None or True, [v for v in a], a.tolist(), len(a), 2.5 in a)
i = 0
while True:
    i += 1
    x *= 0.5
    if x < 1e-3:
        break
else:
    print('never')
print(i, x, (lambda q=0.25: q * 2)(), [[i * w for w in (0.5, 1.5)] for i in range(2)])
try:
    'a' + x
except TypeError as error:
    print(error)
try:
    [1.0] * x
except TypeError as error:
    print(error)
try:
    a.nothing
except AttributeError as error:
    print(error)
del a, d
print(sorted(n for n in globals() if len(n) == 1), np.float32(0.1) * 3)
