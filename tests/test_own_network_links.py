"""What is said of a network of one's own travels in its link, and a link says no more than the command line could."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import models, networks
from cnnviz.models import own_networks, told
from cnnviz.models.told import Told
from tests.support.app import app_at, opened, written
from tests.support.own_network import MODULE, forgotten, stranger


@pytest.fixture(autouse=True)
def _nothing_of_ones_own() -> Iterator[None]:
    yield from forgotten()


def net() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))


words = st.text(max_size=12)
letters = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(words, words, words, words, words, st.lists(letters, max_size=4))
def test_what_is_said_comes_back_from_its_text(
    size: str, mean: str, std: str, channels: str, output: str, classes: list[str]
) -> None:
    said = Told(size, mean, std, channels, output, tuple(classes))
    assert not said.text or told.from_text(said.text) == said


def test_a_link_opens_the_network_with_what_was_said_in_a_process_that_never_heard_it() -> None:
    choice = networks.own(stranger(net))
    said = Told("3x48x40", "0.4", "0.2", "BGR", "labels", ("a cat & a dog", "100% = fox?"))
    link = networks.retold(choice, said)
    del own_networks.OWN[link]
    spec = networks.open_network(link).spec
    assert (spec.input_shape, spec.mean, spec.bands, spec.output) == ((3, 48, 40), (0.4,) * 3, "BGR", "labels")
    assert spec.classes == said.classes
    assert networks.words(link) == f"{MODULE}:make, as you said"
    assert networks.place_of(networks.retold(link, Told("64"))) == choice
    del own_networks.OWN[link]
    page = opened(app_at("pages/look/explore/page.py"), network=link)
    assert not page.error
    assert written(page)


@pytest.mark.parametrize(
    "text",
    ["input=9999x1", "input=²", "std=0", "std=-1", "mean=nan", "mean=1e999", "channels=XYZ", "output=boom", "pi=3",
     "input=64&input=3x0x0", "classes=a", "0a1b2c3d", "%00", "input=" + "9" * 400, "mean=0.1,0.2"],
)  # fmt: skip
def test_a_link_that_says_what_cannot_be_is_refused_by_a_sentence(text: str) -> None:
    choice = networks.own(stranger(net))
    before = set(own_networks.OWN)
    with pytest.raises((models.ModelError, KeyError)):
        networks.open_network(f"{choice}?{text}")
    assert set(own_networks.OWN) == before


def test_a_network_that_is_not_open_here_says_how_to_open_it() -> None:
    with pytest.raises(KeyError, match="start the app with --model not_here:make"):
        networks.open_network("not_here:make?input=64")


def test_links_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_TOLD", 5)
    choice = networks.own(stranger(net))
    for side in range(20, 30):
        networks.open_network(f"{choice}?input={side}")
    assert len(own_networks.OWN) == 6
    assert choice in own_networks.OWN
