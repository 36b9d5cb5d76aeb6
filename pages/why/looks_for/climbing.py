"""An image as it comes about: each frame in the place of the one before, until any click stops it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from cnnviz.figures import pictures
from cnnviz.networks import Network
from cnnviz.topics.looks_for import made_captions, making
from cnnviz.topics.looks_for.ascent import AscentFrame
from cnnviz.topics.looks_for.canvases import AscentCanvas
from cnnviz.topics.looks_for.goals import Goal

SIDE = 360  # pixels of an image on the page


def shown(
    held: list[tuple[AscentFrame, ...]],
    network: Network,
    goal: Goal,
    canvas: AscentCanvas,
    *,
    steps: int,
    **options: Any,
) -> tuple[AscentFrame, ...]:
    """The last frames, kept in `held` once the climb is over; each before them is shown as it comes.

    Streamlit ends the climb here on any click, and then nothing is kept. options: as `making.make` has them.
    """
    place, says = st.empty(), st.empty()
    if not held:
        for frames in making.make(network.model, network.spec, goal, canvas, steps=steps, **options):
            place.image(drawn(frames), output_format="PNG", width="stretch")
            says.caption(made_captions.working(frames[0].step, steps, frames[0].value))
        held.append(frames)
    says.empty()
    place.image(drawn(held[0]), output_format="PNG", width="stretch")
    return held[0]


def drawn(frames: tuple[AscentFrame, ...]) -> bytes:
    """The frames' images side by side, each cell a square of some pixels."""
    side = SIDE // len(frames)
    return pictures.png(np.concatenate([pictures.enlarge_to(frame.picture, side) for frame in frames], axis=1))
