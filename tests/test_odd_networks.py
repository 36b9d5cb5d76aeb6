"""Odd networks with --model on the pages that look into networks: right, or one clear sentence; nothing dead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import images, models, networks, samples
from cnnviz.models import own_networks
from cnnviz.models.told import Told
from cnnviz.topics.batch_norm import snippets as batch_norm
from pages.layers.dropout import snippets as dropout
from pages.shared import cache
from pages.shared.view import View
from tests.odd_networks import OPENED, REFUSED, SecondCall
from tests.support.app import app_at, opened, written
from tests.support.own_network import forgotten, stranger
from tests.support.snippets import run

PAGES = {
    "explore": ("pages/look/explore/page.py", {}),
    "architectures": ("pages/networks/architectures/page.py", {}),
    "receptive field": ("pages/networks/receptive_field/page.py", {}),
    "kernels": ("pages/layers/kernels/page.py", {}),
    "pooling": ("pages/layers/pooling/page.py", {"pooling__part": "Against shifts"}),
}


SCRIPT = "TorchScript gives its kernels away to nobody: bring the module that it was made from."
EIGHT_BITS = (
    "Some layers of this network compute in 8 bits, from whole numbers that PyTorch packs for the processor: their "
    "kernels are not shown here. The network as it was before it was converted shows them."
)
REFUSALS = {
    ("torchscript", "kernels"): [SCRIPT], ("traced", "kernels"): [SCRIPT],
    ("8 bits throughout", "kernels"): [EIGHT_BITS],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_of_ones_own() -> Iterator[None]:
    yield from forgotten()


@pytest.mark.parametrize("name", OPENED)
def test_an_odd_network_lives_on_every_page(name: str) -> None:
    make, said, kind = OPENED[name]
    choice = networks.own(stranger(make), told=Told(input="64"))
    for title, (path, link) in PAGES.items():
        page = app_at(path)
        page.session_state["explore.begun"] = True
        text = written(opened(page, network=choice, **link))
        assert text, title
        told = [one.value for one in page.error]
        assert told == REFUSALS.get((name, title), []), title
        if title == "explore":
            assert said in text.replace("\\", "")
            assert _kind(choice) == kind


def _kind(choice: str) -> str:
    """How the output for the sample that the page shows is read; out of the page's cache."""
    name = samples.fitting(networks.open_network(choice).spec)
    return cache.look(View(choice, f"sample:{name}", "crop", samples.read(name))).reading.kind


@pytest.mark.parametrize("name", REFUSED)
def test_a_network_that_takes_no_image_is_told_why(name: str) -> None:
    make, said = REFUSED[name]
    with pytest.raises(models.ModelError) as caught:
        models.own(stranger(make))
    assert said in str(caught.value)


@pytest.mark.parametrize("title", PAGES)
def test_a_forward_that_fails_later_is_one_sentence_without_folders(title: str) -> None:
    """Its first call succeeds, when the network is opened; the page's own calls do not."""
    SecondCall.calls = 0
    choice = networks.own(stranger(SecondCall), told=Told(input="64"))
    path, link = PAGES[title]
    page = opened(app_at(path), network=choice, **link)
    if title == "architectures":  # counted on shapes, a call by itself
        return
    (said,) = (one.value.replace("\\", "") for one in page.error)
    assert "RuntimeError: CUDA error" in said
    assert "/home/me" not in said


class Sigmoids(nn.Module):
    """Three labels, each a sigmoid already, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"out": self.head(self.norm(self.conv(x)).mean((2, 3))).sigmoid()}


def test_printed_snippets_read_the_output_as_the_pages_do() -> None:
    net = Sigmoids().eval()
    choice = networks.own(stranger(lambda: net), told=Told(input="32"))
    spec = networks.open_network(choice).spec
    expected = net(images.to_tensor(samples.read("chelsea"), spec))["out"][0].detach().numpy()
    where = {"module": "samples", "reading": "chelsea", "choice": choice, "fit": "crop"}
    masked = run(dropout.NETWORK.format(**where, layer="conv", function="dropout2d", p=0.0))
    np.testing.assert_allclose(masked["plain"].numpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(masked["masked"].numpy(), expected, rtol=1e-6)
    right = run(batch_norm.network(choice, "chelsea", "norm"))["right"]
    np.testing.assert_allclose(right[0].numpy(), expected, rtol=1e-6)


def test_what_a_network_expects_can_be_said_on_the_page() -> None:
    choice = networks.own(stranger(lambda: OPENED["6 channels"][0]()), told=Told(input="32"))
    page = opened(app_at("pages/networks/own_model/page.py"), network=choice, own_model__part="Your module")
    for label, value in (("Input size", "6x48x48"), ("Channels", "RGBBGR"), ("Mean of each channel", "0.4")):
        next(one for one in page.text_input if one.label == label).set_value(value)
    page.text_area[0].set_value("cat\ndog\nfox\nowl")
    next(button for button in page.button if "Say this of" in button.label).click().run()
    assert "Taken: images of shape" in written(page)
    (told,) = (name for name in own_networks.OWN if name != choice)
    found = networks.open_network(told).spec
    assert (found.input_shape, found.bands, found.mean, found.classes[3]) == ((6, 48, 48), "RGBBGR", (0.4,) * 6, "owl")
    next(one for one in page.text_input if one.label == "Channels").set_value("RGBX")
    next(button for button in page.button if "Say this of" in button.label).click().run()
    assert "write a letter for each channel" in page.error[0].value
