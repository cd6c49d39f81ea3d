"""Programs compiled by LLVM, by way of llvmlite, which Numba stands on; Numba has no part in it."""

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_int64
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from .shelf import kept
from .vectors import WORD


class Machine:
    """A compiled function of whole numbers, which are addresses mostly; one with a name is kept."""

    def __init__(
        self, n_arguments: int, write: Callable[[ir.IRBuilder, Any], None], name: str = ""
    ) -> None:
        def compiled() -> bytes:
            return _compiled(_written(n_arguments, write))

        code = kept(name, compiled) if name else compiled()
        self._engine = _loaded(code)  # the function is good as long as it lives
        address = self._engine.get_function_address("run")
        self.run = CFUNCTYPE(None, *[c_int64] * n_arguments)(address)


def _written(n_arguments: int, write: Callable[[ir.IRBuilder, Any], None]) -> str:
    module = ir.Module()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [WORD] * n_arguments), "run")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    write(builder, function.args)
    builder.ret_void()
    return str(module)


def _compiled(text: str) -> bytes:
    """Return the machine code of a module."""
    target = _target()
    module = llvm.parse_assembly(text)
    module.triple = target.triple
    # a program has no loop to unroll, no call to inline: memory becomes registers, sums of
    # constants constants, and the rest of what LLVM knows would take longer and gain nothing
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.run(module, llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options()))
    code: bytes = target.emit_object(module)
    return code


def _loaded(code: bytes) -> Any:
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        codemodel="jitdefault",
    )
