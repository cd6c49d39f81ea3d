"""Numbers too small for full precision (below 1e-38 in float32) are taken for 0 while training.

A unit that is always 0 has no gradient, and after some 900 updates its velocity is such a number.
An operation on one takes 50 times as long as on others: a quarter of the time of 64-32-10.
"""

import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

IS_X86 = platform.machine().lower() in ("x86_64", "amd64")
FLUSHED = (
    0x1F80 | 0x8040
)  # a control word: no traps; results are flushed to 0, operands taken for 0


@intrinsic
def control(_typing: Any, _word: Any) -> Any:
    """Set this thread's control word of floating point; return what it was."""

    def codegen(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        if not IS_X86:
            return arguments[0]
        size, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte])
        place = cgutils.alloca_once(builder, size)
        pointer = builder.bitcast(place, byte)
        store = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse.stmxcsr")
        load = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse.ldmxcsr")
        builder.call(store, [pointer])
        old = builder.load(place)
        builder.store(builder.trunc(arguments[0], size), place)
        builder.call(load, [pointer])
        return builder.zext(old, arguments[0].type)

    return types.int64(types.int64), codegen
