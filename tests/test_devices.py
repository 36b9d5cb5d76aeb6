"""One device is chosen, named and explained; what the machine offers is read where the machine says it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator

import pytest
import torch

from cnnviz import devices


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """The choice is made once a process: forget it before and after."""
    cached = (devices.best, devices.fast_bfloat16, devices.tune_threads)
    for function in cached:
        function.cache_clear()
    yield
    for function in cached:
        function.cache_clear()


def test_the_best_device_computes() -> None:
    device = devices.best()
    assert device.name in ("cuda:0", "mps", "cpu")
    assert torch.ones(2, device=devices.torch_device()).sum().item() == 2
    assert device.why
    assert devices.describe() == f"{device.title} · {device.memory_bytes / 2**30:.0f} GB · {device.name}"  # type: ignore[operator]


def test_the_choice_can_be_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DEVICE", "cpu")
    assert devices.best().name == "cpu"
    assert "CNNVIZ_DEVICE" in devices.best().why


@pytest.mark.parametrize("name", ["cuda:97", "tpu", "cuda:x"])
def test_a_device_that_is_not_there_is_refused_with_what_would_work(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DEVICE", name)
    with pytest.raises(ValueError, match=f"asks for {name}.*cpu always works"):
        devices.best()


def test_a_gpu_that_cannot_compute_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU older than torch's build is listed, and fails at the first operation."""

    def broken(*_: object, **options: object) -> torch.Tensor:
        raise RuntimeError("CUDA error: no kernel image is available\nfor execution")

    monkeypatch.delenv("CNNVIZ_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch, "ones", broken)
    assert devices.best().name == "cpu"
    assert "no kernel image" in devices.best().why


def test_a_gpu_is_described_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Properties:
        name, total_memory = "Example GPU 80GB", 80 * 2**30

    monkeypatch.delenv("CNNVIZ_DEVICE", raising=False)
    monkeypatch.setattr(devices, "_cuda_problem", lambda name: "")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda name: Properties)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    assert devices.describe() == "Example GPU 80GB · 80 GB · cuda:0"
    assert devices.fast_bfloat16()


@pytest.mark.parametrize(
    ("flags", "fast"), [("fpu avx512_bf16 sse", True), ("amx_bf16", True), ("avx2 avx512f", False), ("", False)]
)
def test_bfloat16_is_fast_where_the_processor_says_so(flags: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DEVICE", "cpu")
    monkeypatch.setattr(devices, "_cpuinfo", lambda field: flags if field == "flags" else "Example CPU")
    assert devices.fast_bfloat16() is fast


@pytest.mark.parametrize(
    ("quota", "expected"), [("150000 100000", 2), ("10000 100000", 1), ("max 100000", 64), ("", 64)]
)
def test_a_containers_quota_bounds_the_cores(quota: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setattr(devices, "_read", lambda path: quota)
    assert devices.cores() == expected


def test_threads_fit_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(devices, "cores", lambda: 1)
    try:
        assert devices.tune_threads() == 1
        devices.tune_threads.cache_clear()
        torch.set_num_threads(before)
        monkeypatch.setenv("OMP_NUM_THREADS", str(before))
        assert devices.tune_threads() == before
    finally:
        torch.set_num_threads(before)


FAULTS = """
import resource, sys, torch
from cnnviz import devices
tuned = sys.argv[1] == "tuned" and devices.tune_allocator() and devices.tune_allocator()
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def rounds():
    for _ in range(10):
        torch.ones(10_000_000)
rounds()
before = faults()
rounds()
print(int(bool(tuned)), faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")
def test_a_tuned_allocator_pays_no_page_faults() -> None:
    """What the tuning is for: large tensors made and dropped again cost no page faults the second time."""
    told, faults = {}, {}
    for how in ("plain", "tuned"):
        done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True)
        told[how], faults[how] = map(int, done.stdout.split())
    assert told == {"plain": 0, "tuned": 1}
    assert faults["tuned"] * 10 < faults["plain"]


GIVEN = """
import sys, torch
from cnnviz import devices
devices.tune_allocator()
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * 4096 >> 20
devices.give_back_memory()
before = resident()
made = [torch.ones(2_500_000) for _ in range(50)]
held = made[::10]
del made
full = resident()
told = devices.give_back_memory()
print(before, full, resident(), told >> 20, devices.give_back_memory(), int(sum(part.sum() for part in held)))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallinfo2 is glibc's")
def test_freed_memory_goes_back_and_what_is_held_stays() -> None:
    done = subprocess.run([sys.executable, "-c", GIVEN], capture_output=True, text=True, check=True)
    before, full, after, told, again, held = map(int, done.stdout.split())
    assert full > before + 350  # 500 MB were made, a tenth of them is held
    assert after < before + 120
    assert 300 < told < 500
    assert again == 0
    assert held == 12_500_000


def test_a_process_that_shares_leaves_half_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    try:
        for cores, threads in ((1, 1), (2, 1), (8, 4)):
            monkeypatch.setattr(devices, "cores", lambda cores=cores: cores)
            devices.share_threads.cache_clear()
            assert devices.share_threads() == threads == torch.get_num_threads()
    finally:
        devices.share_threads.cache_clear()
        torch.set_num_threads(before)
