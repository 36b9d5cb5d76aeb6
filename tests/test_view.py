"""The key of what pages keep: a view is known by its three plain values, and keeps neither images nor recordings."""

from __future__ import annotations

import dataclasses
import gc
import weakref

import pytest
from PIL import Image
from torch import nn

from cnnviz import models, networks
from cnnviz.records import Provenance
from pages.look.explore import cache as explore
from pages.shared import cache
from pages.shared.view import View, by_view, drop, forget

SIZE = (8, 8)


def view(**other: str) -> View:
    return View(**({"choice": "net", "digest": "d", "fit": "crop"} | other), image=Image.new("RGB", SIZE))


@pytest.fixture
def computed() -> list[tuple[View, int]]:
    return []


def test_a_view_is_known_by_network_image_and_fit_alone(computed: list[tuple[View, int]]) -> None:
    @by_view(max_entries=8)
    def kept(view: View, number: int) -> list[int]:
        computed.append((view, number))
        return [number]

    first = kept(view(), 1)
    assert kept(view(), 1) is first  # another image object with the same digest
    for other in (view(choice="other"), view(digest="other"), view(fit="pad")):
        assert kept(other, 1) is not first
    assert kept(view(), 2) is not first
    assert len(computed) == 5


def test_a_cache_never_reads_the_image_for_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    @by_view(max_entries=8)
    def kept(view: View) -> int:
        return 1

    def read(image: Image.Image, *_: object, **__: object) -> bytes:
        raise AssertionError("the key of a cache read the pixels")

    seen = view()
    monkeypatch.setattr(Image.Image, "tobytes", read)
    monkeypatch.setattr(Image.Image, "__deepcopy__", read, raising=False)
    assert kept(seen) == 1


def test_a_key_keeps_no_image_alive() -> None:
    @by_view(max_entries=8)
    def kept(view: View) -> int:
        return view.image.width

    seen = view()
    image = weakref.ref(seen.image)
    assert kept(seen) == SIZE[0]
    del seen
    gc.collect()
    assert image() is None


def test_forget_empties_what_depends_on_networks() -> None:
    made: list[int] = []

    @by_view(max_entries=8)
    def kept(view: View) -> int:
        made.append(1)
        return 1

    kept(view())
    forget()
    kept(view())
    assert len(made) == 2


def test_a_network_that_somebody_looks_at_is_not_built_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory is short nothing is kept; two of one network in use would take twice its memory."""
    forget()
    built: list[str] = []

    def build(choice: str) -> networks.Network:
        built.append(choice)
        return networks.Network(choice, nn.Linear(1, 1), models.spec("lenet5"), Provenance("random", "", ""))

    monkeypatch.setattr(networks, "open_network", build)
    held = cache.network("net")
    drop()
    assert cache.network("net") is held
    del held
    drop()
    gc.collect()
    held = cache.network("net")
    forget()  # its weights may be others by now
    assert cache.network("net") is not held
    assert built == ["net"] * 3
    forget()


def test_what_pages_keep_of_a_view_is_declared_by_view() -> None:
    """The functions that several pages and Explore share: each of them is emptied by `forget`."""
    from pages.shared import view as rooms

    listed = set(rooms._of_networks)
    for function in (cache.network, cache.look, explore.drawing, explore.contributions, explore.fields):
        name = f"{function.__module__}.{function.__qualname__}"
        assert name in listed, name


def test_a_view_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        view().choice = "other"  # type: ignore[misc]
