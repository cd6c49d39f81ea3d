"""The masks of `links.Dropout`, drawn within a kernel: NumPy's Philox, number by number.

Salmon, Moraes, Dror & Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011 (Philox 4×64-10).
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .compiled import Numbers

ROUNDS = 10
MULTIPLIERS = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
KEY_STEPS = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
WORD = 2**32
LOW, HALF = np.uint64(WORD - 1), np.uint64(32)
FRACTION = np.uint64(8)  # bits of a word that a float32 between 0 and 1 has no room for
UNIT = np.float32(2.0**-24)


@intrinsic
def high_word(_typing: Any, _a: Any, _b: Any) -> Any:
    """Return the upper 64 bits of the product of two unsigned integers."""

    def codegen(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        one, two = (builder.zext(argument, wide) for argument in arguments)
        upper = builder.lshr(builder.mul(one, two), ir.Constant(wide, 64))
        return builder.trunc(upper, ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), codegen


def draw_mask(mask: Numbers, share: Numbers, n: int, seed: int, layer: int, draw: int) -> None:
    """Write 0 with probability share[0], else share[1] = 1/(1 − share[0]), into n numbers.

    Four words of 64 bits come of a count, two numbers of each word, the lower half first.
    """
    bound, kept, words = np.float32(share[0]), share[1], np.empty(4, np.uint64)
    for start in range(0, n, 8):
        a, b, c, d = np.uint64(start // 8 + 1), np.uint64(0), np.uint64(0), np.uint64(draw)
        one, two = np.uint64(seed), np.uint64(layer)
        for _ in range(ROUNDS):
            upper_a, lower_a = high_word(MULTIPLIERS[0], a), MULTIPLIERS[0] * a
            upper_c, lower_c = high_word(MULTIPLIERS[1], c), MULTIPLIERS[1] * c
            a, b, c, d = upper_c ^ b ^ one, lower_c, upper_a ^ d ^ two, lower_a
            one, two = one + KEY_STEPS[0], two + KEY_STEPS[1]
        words[0], words[1], words[2], words[3] = a, b, c, d
        for i in range(start, min(start + 8, n)):
            word = words[(i - start) // 2]
            half = word >> HALF if i % 2 else word & LOW
            uniform = np.float32(half >> FRACTION) * UNIT
            mask[i] = kept if uniform >= bound else 0
