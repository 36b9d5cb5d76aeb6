"""What is said of a layer's parts."""

from __future__ import annotations

from cnnviz.figures.numbers import percent
from cnnviz.topics.attribution.parts import Parts
from cnnviz.topics.attribution.parts_figures import NAMES

PART = "Parts of the image"
INTRODUCTION = (
    "Which pieces of your image does a layer treat alike? Its channels are grouped into a few parts, and each gets a "
    "colour. Nobody told the layer or the grouping what the parts are: you name them."
)
COUNT = "Parts"
COUNT_HELP = "More parts explain more, and at some point they only split what belongs together."
LAYER = "Layer"
NONE = (
    "This network has no layer with maps that are nowhere negative, and parts can only be added up. Networks with ReLU "
    "have some."
)
TOGETHER = "Each place in the colour of its strongest part"
NOT_WHY = (
    "Parts show what the layer sees together. They do not show what the answer rests on: for that, see the part One "
    "image. Another start of the search may end in other parts."
)
CLAIMS = (
    "the error never rose from one round to the next",
    "the share that is explained, by the parts added up cell by cell",
)
PNG, NPZ = "The coloured image, PNG", "All parts, NPZ"
PAPER = "[Lee and Seung, 2000](https://papers.nips.cc/paper/1861-algorithms-for-non-negative-matrix-factorization)"
ON_MAPS = "[Collins et al., 2018](https://arxiv.org/abs/1806.10206)"


def explained(found: Parts, layer: str) -> str:
    """How much of the layer the parts stand for, measured."""
    channels, cells = len(found.channels), found.maps[0].size
    return (
        f"**{len(found.maps)} parts explain {percent(found.explained)} of {layer}**, measured by the squares of its "
        f"{channels:,} × {cells:,} values."
    )


def rounds(found: Parts) -> str:
    """How the parts were found."""
    return (
        f"Non-negative matrix factorisation, {len(found.errors) - 1} rounds ({PAPER}; on the maps of a network: "
        f"{ON_MAPS})."
    )


def part(found: Parts, number: int) -> str:
    """Under one part: its colour's name, the channels that speak most, and where it is strongest."""
    row, column = found.strongest(number)
    listed = ", ".join(map(str, found.speakers(number)))
    channels = "channel" if len(found.speakers(number)) == 1 else "channels"
    return f"**{NAMES[number]}**: strongest at row {row}, column {column} (ring); mostly {channels} {listed}"
