"""An image as it comes about: each frame in the place of the one before, until any click stops it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnnviz.figures import pictures
from cnnviz.networks import Network
from cnnviz.topics.looks_for import figures, made_captions, making
from cnnviz.topics.looks_for.ascent import AscentFrame
from cnnviz.topics.looks_for.canvases import AscentCanvas
from cnnviz.topics.looks_for.goals import Goal

SIDE = 360  # pixels of an image on the page


def shown(
    held: list[tuple[AscentFrame, ...]], pace: list[float], network: Network, goal: Goal, canvas: AscentCanvas, *,
    steps: int, choices: Sequence[int], faded: bool = False, **options: Any,
) -> tuple[AscentFrame, ...]:  # fmt: skip
    """The last frames, kept in `held` once the climb is over; each before them is shown as it comes.

    Streamlit ends the climb here on any click, and then nothing is kept but its pace, seconds a step, by which the
    choices of steps are said to last. faded: what hardly pulled at any step is seen through. options: as `making.make`
    has them.
    """
    place, says = st.empty(), st.empty()
    if not held:
        since = time.monotonic()
        for frames in making.make(network.model, network.spec, goal, canvas, steps=steps, **options):
            place.image(drawn(frames, faded=faded), output_format="PNG", width="stretch")
            pace[:] = [(time.monotonic() - since) / frames[0].step]
            says.caption(made_captions.working(frames[0].step, steps, frames[0].value, pace[0]))
        held.append(frames)
    says.empty()
    if pace:
        says.caption(made_captions.lengths(pace[0], choices))
    place.image(drawn(held[0], faded=faded), output_format="PNG", width="stretch")
    return held[0]


def drawn(frames: tuple[AscentFrame, ...], *, faded: bool = False) -> bytes:
    """The frames' images side by side, each cell a square of some pixels. faded: as `figures.faded` has it."""
    side = SIDE // len(frames)
    parts = [figures.faded(frame) if faded else frame.picture for frame in frames]
    return pictures.png(np.concatenate([pictures.enlarge_to(one, side) for one in parts], axis=1))
