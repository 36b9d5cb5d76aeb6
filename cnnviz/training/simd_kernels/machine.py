"""The kernels compiled for the processor at hand, and shared out among its cores."""

from __future__ import annotations

import ctypes
import itertools
import platform
from collections.abc import Callable, Sequence
from functools import lru_cache

import llvmlite.binding as llvm
import torch

from cnnviz.training.simd_kernels import program
from cnnviz.training.simd_kernels.sizes import Machine, StackPlan

# Where the kernels were measured: processors whose vectors hold 16 or 8 float32, and which multiply and add at once.
AVX512, AVX2 = Machine(lanes=16, registers=32), Machine(lanes=8, registers=16)
OPTIMIZATION = 2  # of LLVM's code generator, 0 to 3


@lru_cache(maxsize=1)
def host() -> Machine | None:
    """This processor, as the kernels are written for it; None where they were not tried."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return None
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return AVX512
    return AVX2 if features.get("avx2") and features.get("fma") else None


class CompiledFunction:
    """A compiled function of one pointer."""

    def __init__(self, address: int) -> None:
        self.address, self.alone = address, ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)


class Compiled:
    """`program.module` in machine code."""

    def __init__(self, plan: StackPlan) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        code = program.module(plan)
        code.triple = llvm.get_process_triple()
        checked = llvm.parse_assembly(str(code))
        checked.verify()
        features = llvm.get_host_cpu_features()
        features["prefer-256-bit"] = False  # halves of a vector take twice the registers
        target = llvm.Target.from_triple(code.triple).create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=OPTIMIZATION
        )
        self._engine = llvm.create_mcjit_compiler(checked, target)  # the functions live as long as it does
        self._engine.finalize_object()
        self.forward, self.backward = (
            CompiledFunction(self._engine.get_function_address(name)) for name in ("forward", "backward")
        )


@lru_cache(maxsize=8)
def compiled(plan: StackPlan) -> Compiled:
    """Compiled once a process; a tenth of a second."""
    return Compiled(plan)


def shares(groups: int) -> list[tuple[int, int]]:
    """From which to below which group each of torch's threads goes; none gets nothing."""
    threads = min(groups, torch.get_num_threads() if _gomp_parallel() else 1)
    ends = [-(-groups * number // threads) for number in range(threads + 1)]
    return list(itertools.pairwise(ends))


class KernelTask:
    """What the kernels are to do: parts of (table, scratch, sums, begin, end), each by a thread of its own."""

    def __init__(self, parts: Sequence[tuple[int, int, int, int, int]]) -> None:
        entries = [0, len(parts), *(entry for part in parts for entry in part)]
        self._entries = (ctypes.c_int64 * len(entries))(*entries)
        self._here, self._threads = ctypes.addressof(self._entries), len(parts)

    def run(self, function: CompiledFunction) -> None:
        """Calls the function for all parts and returns when the last one has ended."""
        self._entries[0] = 0
        parallel = _gomp_parallel()
        if parallel is None or self._threads == 1:
            function.alone(self._here)
        else:
            parallel(function.address, self._here, self._threads, 0)


@lru_cache(maxsize=1)
def _gomp_parallel() -> Callable[[int, int, int, int], None] | None:
    """GNU OpenMP's `GOMP_parallel`, which torch's own threads answer on Linux; None elsewhere: then one thread works.

    Threads of another kind would wait for the processor until torch's, which spin for a while after their work, let go.
    """
    try:
        parallel = ctypes.CDLL("libgomp.so.1").GOMP_parallel
    except (OSError, AttributeError):
        return None
    parallel.argtypes, parallel.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint], None
    called: Callable[[int, int, int, int], None] = parallel
    return called
