"""An image as it comes about: each frame in the place of the one before, until it is done or stopped."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnnviz.figures import pictures
from cnnviz.networks import Network
from cnnviz.topics.looks_for import figures, made_captions, making
from cnnviz.topics.looks_for.ascent import AscentFrame
from cnnviz.topics.looks_for.canvases import AscentCanvas
from cnnviz.topics.looks_for.goals import Goal
from pages.shared import stopping

SIDE = 360  # pixels of an image on the page
KEY = "looks_for.climb"


def shown(
    held: list[tuple[AscentFrame, ...]], pace: list[float], network: Network, goal: Goal, canvas: AscentCanvas, *,
    name: Hashable, steps: int, choices: Sequence[int], faded: bool = False, **options: Any,
) -> tuple[AscentFrame, ...]:  # fmt: skip
    """The last frames, kept in `held`; each before them is shown as it comes.

    Stop leaves the frames that are there, and only that: after any other click on the way up a climb begins anew, and
    nothing is kept but its pace, seconds a step, by which the choices of steps are said to last. name: of plain values,
    which climb it is. faded: what no step had a gradient for is seen through. options: as `making.make` has them.
    """
    place, says, button = st.empty(), st.empty(), st.empty()
    stopped = stopping.is_stopped(KEY, name)
    if not held or (held[0][0].step < steps and not stopped):
        stopping.button(button, "looks_for.stop", stopping.stop, KEY, name, label=made_captions.STOP)
        since = time.monotonic()
        for frames in making.make(network.model, network.spec, goal, canvas, steps=steps, **options):
            held[:] = [frames]
            place.image(drawn(frames, faded=faded), output_format="PNG", width="stretch")
            pace[:] = [(time.monotonic() - since) / frames[0].step]
            says.caption(made_captions.working(frames[0].step, steps, frames[0].value, pace[0]))
            if stopped:  # before the first frame, without which there is nothing to show
                break
    frames = held[0]
    if frames[0].step < steps:
        says.caption(made_captions.stopped(frames[0].step, steps))
        button.button(
            made_captions.ANEW, key="looks_for.anew", icon=":material/refresh:", on_click=stopping.go_on,
            args=(KEY, name),
        )  # fmt: skip
    else:
        button.empty()
        says.caption(made_captions.lengths(pace[0], choices) if pace else "")
    place.image(drawn(frames, faded=faded), output_format="PNG", width="stretch")
    return frames


def drawn(frames: tuple[AscentFrame, ...], *, faded: bool = False) -> bytes:
    """The frames' images side by side, each cell a square of some pixels. faded: as `figures.faded` has it."""
    side = SIDE // len(frames)
    parts = [figures.faded(frame) if faded else frame.picture for frame in frames]
    return pictures.png(np.concatenate([pictures.enlarge_to(one, side) for one in parts], axis=1))
