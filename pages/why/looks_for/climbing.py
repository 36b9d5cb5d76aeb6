"""An image as it comes about: each frame in the place of the one before, until it is done or stopped."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from cnnviz.figures import captions, pictures
from cnnviz.networks import Network
from cnnviz.topics.looks_for import figures, made_captions, making
from cnnviz.topics.looks_for.ascent import AscentFrame
from cnnviz.topics.looks_for.canvases import AscentCanvas
from cnnviz.topics.looks_for.goals import Goal
from pages.shared import stopping

SIDE = 360  # pixels of an image on the page
KEY = "looks_for.climb"


@dataclass(eq=False)
class KeptClimb:
    """What a cache keeps of a climb. frames: the latest; begun: how far it was then (`making.make`)."""

    frames: tuple[AscentFrame, ...] = ()
    begun: list[making.Climb] = field(default_factory=list)


def shown(
    held: KeptClimb, pace: list[float], network: Network, goal: Goal, canvas: AscentCanvas, *, name: Hashable,
    steps: int, choices: Sequence[int], faded: bool = False, **options: Any,
) -> tuple[AscentFrame, ...]:  # fmt: skip
    """The last frames, kept in `held`; each before them is shown as it comes.

    Stop leaves the frames that are there, until "Go on"; after any other click on the way up it goes on by itself from
    the latest of them. pace: seconds a step, by which the choices of steps are said to last. name: of plain values,
    which climb it is. faded: what no step had a gradient for is seen through. options: as `making.make` has them.
    """
    place, says, button = st.empty(), st.empty(), st.empty()
    stopped = stopping.is_stopped(KEY, name)
    if not held.frames or (held.frames[0].step < steps and not stopped):
        stopping.button(button, "looks_for.stop", stopping.stop, KEY, name, label=made_captions.STOP)
        since, first = time.monotonic(), held.frames[0].step if held.frames else 0
        made = making.make(network.model, network.spec, goal, canvas, steps=steps, begun=held.begun, **options)
        for frames in made:
            held.frames = frames
            place.image(drawn(frames, faded=faded), output_format="PNG", width="stretch")
            pace[:] = [(time.monotonic() - since) / max(1, frames[0].step - first)]
            says.caption(made_captions.working(frames[0].step, steps, frames[0].value, pace[0]))
            if stopped:  # before the first frame, without which there is nothing to show
                break
    frames = held.frames
    if frames[0].step < steps:
        says.caption(made_captions.stopped(frames[0].step, steps))
        button.button(
            captions.GO_ON, key="looks_for.go_on", icon=":material/play_arrow:", on_click=stopping.go_on,
            args=(KEY, name),
        )  # fmt: skip
    else:
        held.begun.clear()  # nobody goes on from there
        button.empty()
        says.caption(made_captions.lengths(pace[0], choices) if pace else "")
    place.image(drawn(frames, faded=faded), output_format="PNG", width="stretch")
    return frames


def drawn(frames: tuple[AscentFrame, ...], *, faded: bool = False) -> bytes:
    """The frames' images side by side, each cell a square of some pixels. faded: as `figures.faded` has it."""
    side = SIDE // len(frames)
    parts = [figures.faded(frame) if faded else frame.picture for frame in frames]
    return pictures.png(np.concatenate([pictures.enlarge_to(one, side) for one in parts], axis=1))
