"""Memory: what there is, what a network will cost before it is built, and the sentence where that is too much."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from cnnviz import capture, devices, footprint, images, limits, memory, models, networks, samples
from cnnviz.checkpoints import uploads
from cnnviz.memory import Memory
from cnnviz.topics.architectures import layer_times
from tests.support.clock import Clock
from tests.support.waiting import PATIENCE

GB = 10**9


def machine(root: Path, *, total: int, available: int, group: str = "/") -> Path:
    """A /proc and /sys like Linux's."""
    (root / "proc/self").mkdir(parents=True)
    kilobytes = (total // 1024, available // 1024)
    (root / "proc/meminfo").write_text("MemTotal: {} kB\nMemFree: 1 kB\nMemAvailable: {} kB\n".format(*kilobytes))
    (root / "proc/self/cgroup").write_text(f"0::{group}\n")
    return root


def group(folder: Path, most: str, used: int, *, cache: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 1\ninactive_file {cache}\n")


def test_the_narrowest_limit_counts(tmp_path: Path) -> None:
    root = machine(tmp_path, total=16 * 2**30, available=12 * 2**30, group="/system.slice/app.service")
    assert memory.now(root) == Memory(16 * 2**30, 12 * 2**30)
    group(root / "sys/fs/cgroup/system.slice/app.service", "max", 5)
    assert memory.now(root) == Memory(16 * 2**30, 12 * 2**30)
    group(root / "sys/fs/cgroup/system.slice", str(6 * 2**30), 5 * 2**30, cache=2**30)
    assert memory.now(root) == Memory(6 * 2**30, 2 * 2**30)
    group(root / "sys/fs/cgroup", str(4 * 2**30), 9 * 2**30)
    assert memory.now(root) == Memory(4 * 2**30, 0)


@pytest.mark.parametrize(("limit", "bounded"), [(str(2**30), True), ("9223372036854771712", False)])
def test_version_one(tmp_path: Path, limit: str, bounded: bool) -> None:
    root = machine(tmp_path, total=8 * 2**30, available=8 * 2**30)
    (root / "proc/self/cgroup").write_text("5:cpu,cpuacct:/x\n4:memory:/docker/abc\n")
    folder = root / "sys/fs/cgroup/memory"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text(limit)
    (folder / "memory.usage_in_bytes").write_text(str(2**29))
    assert memory.now(root) == (Memory(2**30, 2**29) if bounded else Memory(8 * 2**30, 8 * 2**30))


def test_a_system_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory.now(tmp_path) is None
    assert memory.resident(tmp_path) == 0
    monkeypatch.setattr(memory, "now", lambda: None)
    assert devices._memory() is not None  # asked otherwise
    assert networks.open_network("lenet5").spec.name == "lenet5"


@settings(max_examples=200)
@given(st.text(max_size=200), st.text(max_size=60))
def test_nonsense_is_no_limit(text: str, number: str) -> None:
    class Folder(type(Path())):  # type: ignore[misc]
        def read_text(self, *_: object, **__: object) -> str:
            return number if self.name.startswith("memory.max") else text

    there = memory.now(Folder("/nowhere"))
    assert there is None or there.limit >= there.free >= 0 or there.free >= 0


# --------------------------------------------------------------------------------------------- what a network costs
@pytest.mark.parametrize("name", ["lenet5", "resnet18", "squeezenet1_0"])
def test_the_cost_is_what_the_built_network_has(name: str) -> None:
    cost, model = footprint.of(name), models.build(name)
    held = [*model.parameters(), *model.buffers()]
    assert cost.weights == sum(value.untyped_storage().nbytes() for value in held)
    x = images.to_tensor(samples.read(samples.FIRST), models.spec(name))
    recording = capture.activations(model, x)
    made = sum(layer.values.size * 4 for layer in recording if layer.kind != "input")
    assert cost.maps == pytest.approx(made, rel=0.15)  # a recording also keeps what is only reshaped


def test_an_enormous_network_is_a_sentence_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    monkeypatch.setattr(models, "pretrained", lambda name, **_: built.append(name))
    monkeypatch.setattr(memory, "now", lambda: Memory(6 * GB, 5 * GB))
    with pytest.raises(models.ModelError) as refused:
        networks.open_network("timm/vit_giant_patch14_224")
    said = str(refused.value)
    assert "4.1 GB of weights" in said
    assert "4.0 GB of 6.0 GB can be had" in said
    assert not built


def keep_a_file() -> None:
    uploads.keep(safetensors.torch.save({"x": torch.zeros(1)}), "vgg16")


def measure_layers() -> None:
    layer_times.measure(SimpleNamespace(choice="vgg16", input_shape=(3, 224, 224)))  # type: ignore[arg-type]


@pytest.mark.parametrize("way", [keep_a_file, measure_layers, lambda: networks.open_network("untrained:vgg16")])
def test_no_way_to_a_network_builds_it_where_there_is_no_memory(
    way: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    footprint.of("vgg16")
    built: list[str] = []
    monkeypatch.setattr(models, "build", lambda name, **_: built.append(name))
    monkeypatch.setattr(memory, "now", lambda: Memory(2 * GB, GB // 2))
    with pytest.raises(footprint.TooLarge, match="VGG-16 needs about"):
        way()
    assert not built


def test_weights_are_not_fetched_where_there_is_no_memory_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "now", lambda: Memory(2 * GB, GB // 2))
    monkeypatch.setattr(models, "pretrained", lambda *_, **__: pytest.fail("it was fetched"))
    script = "from pages.shared import weights_notice\nweights_notice._fetch('vgg16')"
    app = AppTest.from_string(script, default_timeout=PATIENCE).run()
    assert not app.exception
    assert "needs about" in app.error[0].value


def test_where_memory_is_short_what_is_kept_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [Memory(2 * GB, GB // 2)]
    monkeypatch.setattr(memory, "now", lambda: there[0])
    monkeypatch.setattr(memory, "resident", lambda: GB)
    monkeypatch.setattr(footprint, "_relieve", [])
    asked: list[bool] = []

    def give_back(enough: Callable[[], bool]) -> None:
        asked.append(enough())
        there[:] = [Memory(2 * GB, 2 * GB)]
        asked.append(enough())

    footprint.relieve_by(give_back)
    with footprint.admitted("resnet18"):
        pass
    assert asked == [False, True]


def test_what_would_not_fit_in_any_case_takes_nothing_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "now", lambda: Memory(6 * GB, 3 * GB))
    monkeypatch.setattr(memory, "resident", lambda: 2 * GB)
    monkeypatch.setattr(footprint, "_relieve", [lambda enough: pytest.fail("what is kept was given back in vain")])
    with pytest.raises(footprint.TooLarge), footprint.admitted("timm/vit_giant_patch14_224"):
        pass


@pytest.mark.parametrize("comes_back", [True, False])
def test_memory_that_others_have_in_their_hands_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, comes_back: bool
) -> None:
    """Nothing that is kept is left to give back, and who is being answered gives it back later, or never."""
    clock = Clock().of(monkeypatch, "cnnviz.footprint")
    begun = clock.monotonic()
    monkeypatch.setattr(memory, "resident", lambda: 2 * GB)
    free = lambda: GB if comes_back and clock.now - begun > footprint.PATIENCE / 2 else GB // 2  # noqa: E731
    monkeypatch.setattr(memory, "now", lambda: Memory(2 * GB, free()))
    gave: list[float] = []
    monkeypatch.setattr(footprint, "_relieve", [lambda enough: gave.append(clock.now)])
    if comes_back:
        with footprint.admitted("resnet18"):
            assert footprint.PATIENCE / 2 < clock.now - begun < footprint.PATIENCE
        assert len(gave) == 1
    else:
        with pytest.raises(footprint.TooLarge, match="can be had here now"), footprint.admitted("resnet18"):
            pass
        assert clock.now - begun < footprint.PATIENCE + 2 * footprint.AGAIN
        assert len(gave) == 2


def test_a_small_network_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "now", lambda: Memory(16 * GB, 4 * GB))
    entered, leave = threading.Event(), threading.Event()

    def large() -> None:
        with footprint.admitted("vgg16"):
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=large)
    thread.start()
    assert entered.wait(30)
    try:
        assert networks.open_network("lenet5").spec.name == "lenet5"
    finally:
        leave.set()
        thread.join()


def test_what_is_left_for_the_rest() -> None:
    assert Memory(2 * GB, 2 * GB).allowed == 2 * GB * limits.MEMORY_SHARE
    assert Memory(64 * GB, 2 * GB).allowed == 2 * GB - limits.MEMORY_SPARE_MB * 10**6
    assert Memory(8 * GB, GB).allowed == 0
