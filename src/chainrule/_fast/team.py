"""Partners: threads beside the one that trains, which take parts of its work.

A task is a function (frame, parameters, lo, hi) that does what is in lo … hi − 1; in its frame a
thread finds what the task is about.  A part that a partner has not begun, as another process has
its core, the thread that trains does itself; so nobody waits for a thread that does not run.  Who
does a part does not change a number.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from . import places as at
from .compiled import Words, address, call, place, run, words
from .denormals import FLUSHED, IS_X86, control
from .frame import Frame

FREE, HANDED, BEGUN, DONE, LEAVE = range(5)
PATIENCE = 1000  # looks at a state before another thread is let onto the core, some 60 µs


def can_share() -> bool:
    """Whether threads can let each other onto a core here, which partners rely on."""
    return os.name == "posix"


@contextmanager
def partners(frame: Frame) -> Iterator[None]:
    """Let a thread wait at each frame but the first, while the block runs."""
    if frame.threads == 1:
        yield
        return
    function, team = address(serve, frame.dtype), []
    frame.set(at.STATE, FREE)
    try:
        for number in range(1, frame.threads):
            thread = Thread(target=_serve, args=(function, frame, number), daemon=True)
            with suppress(RuntimeError):  # the system has no thread left: there are fewer
                thread.start()
                team.append(thread)
        yield
    finally:
        frame.set(at.STATE, LEAVE)
        for thread in team:
            thread.join()


def _serve(function: int, frame: Frame, thread: int) -> None:
    run(function, frame.of_thread(thread))  # the frame stays as long as who looks at it


def serve(frame: Words) -> None:
    """Do what is handed to a frame, until its thread is to leave."""
    control(FLUSHED)
    looks, state = 0, FREE
    while state != LEAVE:
        if state == HANDED and turns(frame, HANDED, BEGUN):
            given = frame[at.FLAT], frame[at.LO], frame[at.HI]
            call(frame[at.TASK], (place(frame, 0), *given))
            show(frame, DONE)
            looks = 0
        looks += 1
        wait(looks % PATIENCE == 0)
        state = seen(frame)


def share(frame: Words, length: int, grain: int) -> None:
    """Have TASK done in PARTS, whole grains but the last, in all 0 … length − 1."""
    part = (length + frame[at.THREADS] * grain - 1) // (frame[at.THREADS] * grain) * grain
    parts = (length + part - 1) // part
    frame[at.PARTS] = parts
    for t in range(1, parts):
        partner = words(place(frame, t * at.LENGTH))
        partner[at.TASK] = frame[at.TASK]
        partner[at.LO], partner[at.HI] = t * part, min(length, (t + 1) * part)
        for word in range(at.GIVEN, at.LENGTH):
            partner[word] = frame[word]
        show(partner, HANDED)
    call(frame[at.TASK], (place(frame, 0), frame[at.FLAT], 0, min(length, part)))
    for t in range(1, parts):
        partner = words(place(frame, t * at.LENGTH))
        if turns(partner, HANDED, BEGUN):
            given = partner[at.FLAT], partner[at.LO], partner[at.HI]
            call(partner[at.TASK], (place(partner, 0), *given))
        else:
            looks = 0
            while seen(partner) != DONE:
                looks += 1
                wait(looks % PATIENCE == 0)
        show(partner, FREE)


def _state(builder: Any, frame: Any) -> Any:
    return builder.gep(frame, [ir.Constant(ir.IntType(64), at.STATE)])


@intrinsic
def seen(_typing: Any, frame: Any) -> Any:
    """Return the state of a frame, and with it all that was written before it was set."""

    def codegen(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_state(builder, arguments[0]), "acquire", 8)

    return types.int64(frame), codegen


@intrinsic
def show(_typing: Any, frame: Any, _new: Any) -> Any:
    """Set the state of a frame, for others to see after all that was written before."""

    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        builder.store_atomic(arguments[1], _state(builder, arguments[0]), "release", 8)
        return context.get_dummy_value()

    return types.void(frame, types.int64), codegen


@intrinsic
def turns(_typing: Any, frame: Any, _old: Any, _new: Any) -> Any:
    """Set the state of a frame if it is the old one; return whether it was: to one thread it is."""

    def codegen(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        state = _state(builder, arguments[0])
        pair = builder.cmpxchg(state, arguments[1], arguments[2], "acq_rel", "acquire")
        return builder.extract_value(pair, 1)

    return types.boolean(frame, types.int64, types.int64), codegen


@intrinsic
def wait(_typing: Any, _let_others: Any) -> Any:
    """Wait some 60 ns, sparing the core's other half; or let another thread onto it."""

    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        if IS_X86:
            _call(builder, "llvm.x86.sse2.pause", ir.VoidType())
        if can_share():
            with builder.if_then(arguments[0]):
                _call(builder, "sched_yield", ir.IntType(32))
        return context.get_dummy_value()

    return types.void(types.boolean), codegen


def _call(builder: Any, name: str, result: Any) -> None:
    kind = ir.FunctionType(result, [])
    builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [])
