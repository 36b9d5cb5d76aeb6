"""What the browser asks for later has an address of its own: by all that it holds."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from cnnviz.figures import maps, packets
from cnnviz.records import Layer
from pages.shared import components


def test_contents_that_differ_in_between_have_addresses_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit names a file of more than a megabyte by its length, head, middle and tail. Where the first, the middle
    and the last map are dead, the same layer of two images was one file, and a visitor read off another's numbers."""
    storage = MemoryMediaFileStorage("/media")
    files = MediaFileManager(storage)
    monkeypatch.setattr(components.runtime, "exists", lambda: True)
    monkeypatch.setattr(components.runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=files))
    size = 4 << 20
    contents = [bytearray(size) for _ in range(3)]
    contents[1][size // 4] = contents[2][3 * size // 4] = 1
    names = [packets.digest(bytes(one)) for one in contents]

    def address(number: int, place: str) -> str:
        return components.asked_for(bytes(contents[number]), place=place, digest=names[number])

    addresses = [address(number, "a") for number in range(3)]
    assert len(set(addresses)) == 3
    assert [storage.get_file(one.rpartition("/")[2]).content for one in addresses] == contents
    assert address(1, "a") == addresses[1]


def test_a_layer_and_its_gradient_of_one_packet_have_two_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(components.runtime, "exists", lambda: True)
    monkeypatch.setattr(components.runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=files))
    other = bytearray(4 << 20)
    other[1 << 20] = 1
    first = components.asked_for(bytes(4 << 20), place="maps", digest="0")
    assert components.asked_for(bytes(other), place="maps.gradient", digest="0") != first


def test_a_mosaics_digest_is_over_every_number() -> None:
    """What is drawn, in 8 bits, may be the same for two images."""
    values = np.zeros((64, 64, 64), np.float32)
    values[0, 0, 0], other = 1000.0, values.copy()
    values[30, 30, 30] = 1.0
    other[30, 30, 30] = np.nextafter(np.float32(1.0), np.float32(2.0))
    digests = [
        maps.mosaic_data(Layer("a", 0, "convolution", "Conv2d", "a", (), "", one))["meta"]["digest"]
        for one in (values, other)
    ]
    assert digests[0] != digests[1]
