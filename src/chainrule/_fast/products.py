"""Matrix products: by SciPy's BLAS, or by loops where it takes longer to begin.

BLAS counts by columns and sees each matrix transposed, so it is told to compute outᵀ.
"""

import numpy as np
from numba.extending import get_cython_function_address

from . import places as at
from .compiled import Numbers, Words, call, place, words
from .frame import Frame

SMALL = 2048  # multiply-adds


def use_blas(frame: Frame) -> None:
    """Let the frame have the address of SciPy's product, and what that wants pointers to."""
    name = "sgemm" if frame.dtype == np.float32 else "dgemm"
    frame.words[at.GEMM] = get_cython_function_address("scipy.linalg.cython_blas", name)
    frame.room(at.SIZES, 6, dtype=np.int64)
    frame.put(at.LETTERS, np.frombuffer(b"NT", np.int8).copy())
    frame.put(at.ONE_ZERO, np.array([1, 0], frame.dtype))


def multiply(
    frame: Words, factors: Numbers, b_turned: int, a_turned: int, m: int, n: int, k: int,
    b: int, b_columns: int, a: int, a_columns: int, out: int,
) -> None:  # fmt: skip
    """Let BLAS multiply: a, b and out are addresses, `factors` those of ONE_ZERO."""
    sizes, letters = words(frame[at.SIZES]), frame[at.LETTERS]
    sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5] = m, n, k, b_columns, a_columns, m
    call(frame[at.GEMM], (
        letters + b_turned, letters + a_turned, place(sizes, 0), place(sizes, 1), place(sizes, 2),
        place(factors, 0), b, place(sizes, 3), a, place(sizes, 4), place(factors, 1), out,
        place(sizes, 5),
    ))  # fmt: skip


def times(
    frame: Words, a: Numbers, b: Numbers, bias: Numbers, out: Numbers, n: int, k: int, m: int
) -> None:
    """out (n, m) = a (n, k) @ b (k, m) + bias (m,)."""
    if n * k * m > SMALL:
        here, one_zero = place(frame, 0), frame[at.ONE_ZERO]
        x, y, z = place(a, 0), place(b, 0), place(out, 0)
        call(frame[at.MULTIPLY], (here, one_zero, 0, 0, m, n, k, y, m, x, k, z))
        for i in range(n):
            for j in range(m):
                out[i * m + j] += bias[j]
        return
    for i in range(n):
        for j in range(m):
            out[i * m + j] = bias[j]
        for l in range(k):
            factor = a[i * k + l]
            for j in range(m):
                out[i * m + j] += factor * b[l * m + j]


def transposed_times(
    frame: Words, a: Numbers, b: Numbers, out: Numbers, n: int, k: int, m: int
) -> None:
    """out (k, m) = (a (n, k))ᵀ @ b (n, m)."""
    if n * k * m > SMALL:
        here, one_zero = place(frame, 0), frame[at.ONE_ZERO]
        x, y, z = place(a, 0), place(b, 0), place(out, 0)
        call(frame[at.MULTIPLY], (here, one_zero, 0, 1, m, k, n, y, m, x, k, z))
        return
    for l in range(k):
        for j in range(m):
            out[l * m + j] = 0
        for i in range(n):
            factor = a[i * k + l]
            for j in range(m):
                out[l * m + j] += factor * b[i * m + j]


def times_transposed(
    frame: Words, a: Numbers, b: Numbers, out: Numbers, n: int, k: int, m: int
) -> None:
    """out (n, m) = a (n, k) @ (b (m, k))ᵀ."""
    if n * k * m > SMALL:
        here, one_zero = place(frame, 0), frame[at.ONE_ZERO]
        x, y, z = place(a, 0), place(b, 0), place(out, 0)
        call(frame[at.MULTIPLY], (here, one_zero, 1, 0, m, n, k, y, k, x, k, z))
        return
    for i in range(n):
        for j in range(m):
            total = a[i * k] * b[j * k]
            for l in range(1, k):
                total += a[i * k + l] * b[j * k + l]
            out[i * m + j] = total
