"""Matrix products: by SciPy's BLAS, or by loops where it takes longer to begin.

A large product is shared among threads.  BLAS counts by columns and sees each matrix transposed,
so it is told to compute outᵀ.
"""

import numpy as np
from numba.extending import get_cython_function_address

from . import places as at
from .compiled import Numbers, Words, call, numbers, place, words
from .frame import Frame
from .team import share

SMALL = 2048  # multiply-adds
SHARED = 2**18  # multiply-adds, some 3 µs a thread; with fewer, one thread is faster
FEW = 128  # rows of a block: then W stays in the threads' caches
GRAIN = 16  # of what is shared

AXIS, OUT, OUT_ROW, A, A_ROW, A_K, B, B_K, B_COLUMN, ROWS, COLUMNS, INNER = range(
    at.GIVEN, at.GIVEN + 12
)
"""A product out (rows, columns) = a (rows, inner) @ b (inner, columns), as words of a frame.

OUT, A, B: addresses; OUT_ROW, A_ROW: steps from row to row, A_K, B_K: along the inner dimension,
B_COLUMN: from column to column.  AXIS: which of ROWS, COLUMNS and INNER threads share.
"""


def use_products(frame: Frame, rows: int, units: int) -> None:
    """Let a frame multiply blocks of so many rows or fewer, in layers of at most so many units."""
    name = "sgemm" if frame.dtype == np.float32 else "dgemm"
    frame.set(at.GEMM, get_cython_function_address("scipy.linalg.cython_blas", name))
    frame.room_each(at.SIZES, 6, dtype=np.int64)
    frame.put(at.LETTERS, np.frombuffer(b"NT", np.int8).copy())
    frame.put(at.ONE_ZERO, np.array([1, 0], frame.dtype))
    frame.room_each(at.PARTIAL, min(rows, FEW) * units if frame.threads > 1 else 0)
    frame.use(
        {
            at.TIMES: times,
            at.TRANSPOSED_TIMES: transposed_times,
            at.TIMES_TRANSPOSED: times_transposed,
            at.PRODUCT: product,
            at.MULTIPLY: multiply,
        }
    )
    if frame.threads > 1:
        frame.use({at.SHARE: share})


def times(
    frame: Words, a: Numbers, b: Numbers, bias: Numbers, out: Numbers, n: int, k: int, m: int
) -> None:
    """out (n, m) = a (n, k) @ b (k, m) + bias (m,)."""
    if n * k * m > SMALL:
        axis = INNER if n <= FEW else ROWS if n >= m else COLUMNS
        frame[AXIS], frame[OUT], frame[OUT_ROW] = axis, place(out, 0), m
        frame[A], frame[A_ROW], frame[A_K] = place(a, 0), k, 1
        frame[B], frame[B_K], frame[B_COLUMN] = place(b, 0), m, 1
        frame[ROWS], frame[COLUMNS], frame[INNER] = n, m, k
        call(frame[at.PRODUCT], (place(frame, 0), place(a, 0)))
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
        frame[AXIS], frame[OUT], frame[OUT_ROW] = ROWS, place(out, 0), m
        frame[A], frame[A_ROW], frame[A_K] = place(a, 0), 1, k
        frame[B], frame[B_K], frame[B_COLUMN] = place(b, 0), m, 1
        frame[ROWS], frame[COLUMNS], frame[INNER] = k, m, n
        call(frame[at.PRODUCT], (place(frame, 0), place(a, 0)))
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
        axis = ROWS if n > FEW and n >= m else COLUMNS
        frame[AXIS], frame[OUT], frame[OUT_ROW] = axis, place(out, 0), m
        frame[A], frame[A_ROW], frame[A_K] = place(a, 0), k, 1
        frame[B], frame[B_K], frame[B_COLUMN] = place(b, 0), 1, k
        frame[ROWS], frame[COLUMNS], frame[INNER] = n, m, k
        call(frame[at.PRODUCT], (place(frame, 0), place(a, 0)))
        return
    for i in range(n):
        for j in range(m):
            total = a[i * k] * b[j * k]
            for l in range(1, k):
                total += a[i * k + l] * b[j * k + l]
            out[i * m + j] = total


def product(frame: Words, like: Numbers) -> None:
    """Have the product of the frame computed, by several threads if it is large.

    Where few rows meet W, a thread takes the same rows of W in all three products, and in the step:
    they stay in its cache.
    """
    length = frame[frame[AXIS]]
    if frame[at.THREADS] == 1 or frame[ROWS] * frame[COLUMNS] * frame[INNER] < SHARED:
        call(frame[at.MULTIPLY], (place(frame, 0), place(like, 0), 0, length))
        return
    frame[at.TASK] = frame[at.MULTIPLY]
    call(frame[at.SHARE], (place(frame, 0), length, GRAIN))
    if frame[AXIS] == INNER:
        out = numbers(frame[OUT], like)
        for t in range(1, frame[at.PARTS]):
            partner = words(place(frame, t * at.LENGTH))
            partial = numbers(partner[at.PARTIAL], like)
            for i in range(frame[ROWS] * frame[COLUMNS]):
                out[i] += partial[i]


def multiply(frame: Words, like: Numbers, lo: int, hi: int) -> None:
    """Compute the part lo … hi − 1 of the product's axis."""
    a, b, out = (numbers(frame[A], like), numbers(frame[B], like), numbers(frame[OUT], like))
    rows, columns, inner = frame[ROWS], frame[COLUMNS], frame[INNER]
    a_row, a_k, b_k, b_column = frame[A_ROW], frame[A_K], frame[B_K], frame[B_COLUMN]
    out_row = frame[OUT_ROW]
    if frame[AXIS] == ROWS:
        rows, a_at, b_at, out_at = (
            hi - lo,
            place(a, lo * a_row),
            place(b, 0),
            place(out, lo * out_row),
        )
    elif frame[AXIS] == COLUMNS:
        columns, a_at, b_at, out_at = hi - lo, place(a, 0), place(b, lo * b_column), place(out, lo)
    else:
        inner, a_at, b_at = hi - lo, place(a, lo * a_k), place(b, lo * b_k)
        out_at = frame[at.PARTIAL] if lo else place(out, 0)
    sizes, letters, one_zero = words(frame[at.SIZES]), frame[at.LETTERS], frame[at.ONE_ZERO]
    sizes[0], sizes[1], sizes[2] = columns, rows, inner
    sizes[3] = b_column if b_column > 1 else max(b_k, columns)
    sizes[4] = a_k if a_k > 1 else max(a_row, inner)
    sizes[5] = out_row
    call(frame[at.GEMM], (
        letters + (b_column > 1), letters + (a_k > 1), place(sizes, 0), place(sizes, 1),
        place(sizes, 2), one_zero, b_at, place(sizes, 3), a_at, place(sizes, 4),
        place(numbers(one_zero, like), 1), out_at, place(sizes, 5),
    ))  # fmt: skip
