"""Every part of a page that has something to predict asks it, made from the numbers that it shows."""

from __future__ import annotations

import pytest

from pages.shared import predict
from tests.support.app import app_at, opened

pytestmark = pytest.mark.usefixtures("own_runs")
MOBILE = ("Depthwise separable", "Inverted residual", "Squeeze-and-excitation", "Channel shuffle")
ASKING = [
    *[
        ("pages/networks/blocks/page.py", {"blocks__part": part})
        for part in ("Unit", "VGG", "Inception", "Residual", "Dense")
    ],
    *[("pages/networks/blocks/page.py", {"blocks__part": "Mobile", "blocks__mobile": kind}) for kind in MOBILE],
    *[
        ("pages/layers/convolution/page.py", {"convolution__part": part})
        for part in ("Step by step", "On your image", "Learn a kernel", "Weight sharing", "1 × 1 is linear",
                     "Small kernels stacked")
    ],
    *[
        (f"pages/{path}/page.py", {f"{key}__part": part})
        for path, key, parts in (
            ("layers/pooling", "pooling", ("Step by step", "What is lost", "Against shifts", "Upsampling")),
            ("layers/activations", "activations",
             ("Curves", "Softmax", "On a real map", "Swapped in a network", "Zig-zag", "Dying ReLU")),
            ("layers/batch_norm", "batch_norm",
             ("Step by step", "Running statistics", "In a trained network", "Batch, layer, instance, group",
              "Folded into its convolution", "Feature scaling")),
            ("layers/dropout", "dropout", ("The mask", "Many masks", "In a network", "The prediction", "Two masks")),
            ("layers/gradients", "gradients", ("At the start", "While it trains", "In a trained network")),
            ("why/attribution", "attribution", ("grid",)),
            ("learn/training_lab", "lab", ("One run", "Inside")),
        )
        for part in parts
    ],
]  # fmt: skip


@pytest.mark.parametrize(("path", "link"), ASKING, ids=[" ".join(link.values()) for _, link in ASKING])
def test_the_part_asks_from_what_it_shows(path: str, link: dict[str, str]) -> None:
    page = opened(app_at(path), **link)
    asked = page.session_state[predict.ASKED]
    assert asked
    for wanted in asked.values():
        for seed in range(3):
            assert len(predict.made(wanted, seed)) == len(wanted)
