"""Where torch computes here, why there, and how much memory that has: chosen once, shown everywhere.

`CNNVIZ_DEVICE` (cpu, mps, cuda, cuda:1) overrules the choice.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from cnnviz import memory

CPU_WITH_FAST_BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # flags of /proc/cpuinfo
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # glibc, malloc.h
MALLINFO = (
    "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
)  # fmt: skip
KEPT_BYTES = 256 << 20  # all activations of a VGG-16 at 224² are about 120 MB


@dataclass(frozen=True)
class Device:
    """name: as torch writes it ("cuda:0", "mps", "cpu"). title: the maker's name of it. why: one sentence."""

    name: str
    title: str
    memory_bytes: int | None
    why: str


@functools.cache
def best() -> Device:
    """The device that every part of the app computes on; the first call also sets torch's threads.

    Raises ValueError where CNNVIZ_DEVICE names something that is not there.
    """
    tune_threads()
    asked = os.environ.get("CNNVIZ_DEVICE", "").strip()
    if asked:
        return _asked(asked)
    problem = _cuda_problem("cuda:0")
    if not problem:
        return _cuda("cuda:0", "a CUDA GPU is there and answers")
    if _mps_works():
        return _mps("Apple's GPU is there, and no CUDA GPU")
    return _cpu(f"no GPU that torch can use: {problem}")


def torch_device() -> torch.device:
    """The chosen device as torch has it. Raises ValueError as `best` does."""
    return torch.device(best().name)


def describe() -> str:
    """One line for the sidebar: "Intel Xeon Processor, 2 cores · 16 GB · cpu"."""
    device = best()
    memory = "" if device.memory_bytes is None else f" · {device.memory_bytes / 2**30:.0f} GB"
    return f"{device.title}{memory} · {device.name}"


@functools.cache
def fast_bfloat16() -> bool:
    """Whether the device multiplies bfloat16 in hardware, so that autocast is worth measuring."""
    kind = torch_device().type
    if kind == "cuda":
        return torch.cuda.get_device_capability(torch_device()) >= (8, 0)  # Ampere brought it
    if kind == "cpu":
        return bool(CPU_WITH_FAST_BFLOAT16 & set(_cpuinfo("flags").split()))
    return False


@functools.cache
def tune_allocator() -> bool:
    """Let glibc keep freed memory instead of handing it back after every layer; True where that was done.

    A pass that keeps its activations otherwise pays page faults for each of them. One arena for all threads, because
    what one thread's arena keeps no other thread can use. Linux with glibc only.
    """
    mallopt = _glibc("mallopt")
    if mallopt is None:
        return False
    wanted = ((M_MMAP_THRESHOLD, KEPT_BYTES), (M_TRIM_THRESHOLD, KEPT_BYTES), (M_ARENA_MAX, 1))
    return all(bool(mallopt(option, value)) for option, value in wanted)


class _MallocInfo(ctypes.Structure):
    """glibc's struct mallinfo2 (malloc.h, glibc 2.33)."""

    _fields_ = [(name, ctypes.c_size_t) for name in MALLINFO]


def give_back_memory(beyond: int = KEPT_BYTES // 8) -> int:
    """Hand freed memory back to the system if more than `beyond` bytes of it are resident; returns how many were.

    For a server between two requests: 20 images through five networks otherwise left 1 GB of free memory in the
    process. The first call always does. Linux with glibc from 2.33 on; elsewhere nothing is done, and 0 returned.
    """
    inform, trim = _glibc("mallinfo2"), _glibc("malloc_trim")
    if inform is None or trim is None:
        return 0
    inform.restype = _MallocInfo
    kept = _unused(inform) - _floor.get("bytes", 0)
    if kept <= beyond:
        return 0
    trim(ctypes.c_size_t(0))
    _floor["bytes"] = _unused(inform)
    return kept


_floor: dict[str, int] = {}  # what is resident without being malloc's, as found after the last trim: code, Python's own


def _unused(inform: Any) -> int:
    """Resident bytes that malloc has not handed out."""
    resident = int(_read("/proc/self/statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident - int(inform().uordblks)


def _glibc(name: str) -> Any:
    """A function of the C library, or None where there is none of that name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None


@functools.cache
def tune_threads() -> int:
    """As many torch threads as cores that this process may use (affinity and container quota); returns them.

    OMP_NUM_THREADS, where it is set, is obeyed.
    """
    if not os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(max(1, min(torch.get_num_threads(), cores())))
    return torch.get_num_threads()


@functools.cache
def share_threads() -> int:
    """Half as many torch threads as cores, for a process that answers people while a run trains; returns them.

    Threads of one layer wait for each other, and on cores that are taken each wait lasts a time slice: beside a
    training run and a test run EfficientNet-Lite0 took 4,062 ms on two threads, 150 ms on one (2 cores, no GPU).
    """
    if not os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(max(1, cores() // 2))
    return torch.get_num_threads()


def cores() -> int:
    """Cores that this process may use: the machine's, less what affinity or a container's quota takes away."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    quota = _read("/sys/fs/cgroup/cpu.max").split()
    if len(quota) == 2 and quota[0].isdigit():
        allowed = min(allowed, max(1, round(int(quota[0]) / int(quota[1]))))
    return allowed


def _asked(name: str) -> Device:
    why = f"CNNVIZ_DEVICE asks for {name}"
    if name == "cpu":
        return _cpu(why)
    if name == "mps" and _mps_works():
        return _mps(why)
    if name.startswith("cuda"):
        name = "cuda:0" if name == "cuda" else name
        problem = _cuda_problem(name)
        if not problem:
            return _cuda(name, why)
        raise ValueError(f"{why}, but torch cannot use it ({problem}); cpu always works")
    raise ValueError(f"{why}, which is not here; cpu always works, cuda, cuda:1 or mps where there is such a GPU")


def _cuda_problem(name: str) -> str:
    """Why a CUDA device cannot be used, or "". Adds two numbers on it: an old GPU fails only then."""
    if not torch.cuda.is_available():
        return "CUDA is not available"
    try:
        torch.ones(1, device=name).add(1).item()
    except (RuntimeError, AssertionError) as error:
        return str(error).splitlines()[0]
    return ""


def _mps_works() -> bool:
    return bool(torch.backends.mps.is_available())


def _cuda(name: str, why: str) -> Device:
    properties = torch.cuda.get_device_properties(name)
    return Device(name, properties.name, properties.total_memory, why)


def _mps(why: str) -> Device:
    return Device("mps", processor(), int(torch.mps.recommended_max_memory()), why)


def _cpu(why: str) -> Device:
    count = cores()
    return Device("cpu", f"{processor()}, {count} core{'s' if count > 1 else ''}", _memory(), why)


def processor() -> str:
    """The maker's name of the CPU, as far as this machine says it."""
    name = _cpuinfo("model name") or platform.processor() or platform.machine() or "processor"
    return " ".join(name.replace("(R)", "").replace("(TM)", "").split())


def _cpuinfo(field: str) -> str:
    """The first line of that name in Linux's /proc/cpuinfo, or ""."""
    for line in _read("/proc/cpuinfo").splitlines():
        if line.split(":")[0].strip() == field:
            return line.partition(":")[2].strip()
    return ""


def _memory() -> int | None:
    """Bytes that this process may use: the machine's memory or a container's smaller limit."""
    there = memory.now()
    if there is not None:
        return there.limit
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:  # macOS
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


def _read(path: str) -> str:
    """A small text file of the system, or "" where there is none."""
    try:
        return Path(path).read_text(errors="replace").strip()
    except OSError:
        return ""
