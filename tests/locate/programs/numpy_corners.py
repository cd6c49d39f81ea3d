"""Corners of NumPy and the standard library: flat, iterators, subclasses, FFT, heaps, errors."""
import numpy as np, math
rng = np.random.default_rng(0)
a = rng.normal(size=(3,4))
print([float(v) for v in a.flat][:2], [v for _, v in np.ndenumerate(a)][:2], sum(v for v in np.nditer(a)))
a.flat[2] = 5.0; a.flat = a.flat[::-1]
print(a)
x = a[0]
x.sort()
x[:2], y = x[2:], 3
print(a, x)
def gen():
    acc = 0.0
    while acc < 1:
        got = yield acc
        acc += 0.25 if got is None else got
print(list(gen()))
class V(np.ndarray): pass
v = a.view(V); print(type(v), v.sum())
m = np.ma.masked_array(a, a > 0); print(m.mean())
r = np.rec.array([(1, 2.)], dtype=[('i', int), ('f', float)]); print(r.f)
q = np.array([1.0, 2.0], dtype=object) * 2.0; print(q)
c = np.fft.fft(a[0]); print(c, abs(c), c.real)
p = np.polyfit([0., 1, 2], [1., 3, 5], 1); print(p.round(6), np.polyval(p, 3.0).round(6))
z = np.zeros(3); z += 1; z[...] *= 2.5; print(z, z.sum().item(), float(z.sum()), z.mean().astype(int), np.int64(z[0]))
print(math.fsum([0.1]*10), math.prod([0.5, 0.25]), math.hypot(3.0, 4.0), math.floor(2.5), math.isclose(0.1, 0.1))
print(np.linalg.lstsq(a, np.ones(3), rcond=None)[0].shape, np.histogram(a)[0], np.random.RandomState(0).choice(a[0], 2), rng.permutation(a)[0])
w = {k: rng.random() for k in 'ab'}; w['a'] += 0.5; print(w, max(w, key=w.get), sorted(w.values()))
import itertools, heapq, bisect, array, decimal, fractions
print(heapq.nlargest(2, a[0]), bisect.bisect([0.1, 0.5], 0.3), array.array('d', [0.5]), decimal.Decimal(0.5), fractions.Fraction(0.5), 0.5 + fractions.Fraction(1, 3), complex(0.5, 1) * a[0, 0])
s = np.float64(0.5); s += 1; s = s ** 2; print(s, -s, s // 1, s.round(1), s.shape, s.T, s > 1, type(s > 1), np.array(s)[()], [1, 2] * 2, hash(s) == hash(2.25))
b = np.array(a, copy=False) if False else np.asarray(a); b[0] = 9; print(a[0]); print(a.ravel()[:2], np.may_share_memory(a, b), a.strides, a.flags['OWNDATA'] or True)
with open(__file__) as f: print(len(f.read()) > 10)
d = a.copy(); d[d < 0] *= -1; d[[0, 0]] += 1; d[:, 1:3] -= d[:, :2]; print(d)
e = np.concatenate((a, d), axis=1)[:, ::3]; e.shape = (2, -1) if e.flags.c_contiguous else e.shape; print(e.sum(), e.T @ e)
print(*(f'{k:5.2f}' for k in a[1]), '%s %r' % (a[1, 0], a[1, 0]), a[1, 0].__repr__(), np.float64.__name__, isinstance(a[0,0], float), type(a) is np.ndarray, issubclass(type(a[0, 0]), float))
assert (a == b).all() and not (a != b).any()
print(a.tolist() == b.tolist(), a.size, len(a), a.nbytes, np.ndim(a), a.dtype, a.max(0), a.argmax(1), a.astype('f4').sum(), (a > 0).sum(), (a > 0).mean(), ~(a > 0)[0])
for i, (u, t) in enumerate(zip(a, [0.5, 1.5])): u *= t; print(i, u)
try: a[10]
except IndexError as err: print(err)
try: np.ones(3) + np.ones(4)
except ValueError as err: print(err)
try: math.exp(1000.0)
except OverflowError as err: print(err)
try: 1.0 / (a[0, 0] - a[0, 0]).item()
except ZeroDivisionError as err: print(err)
