"""One image with its square and without, in both networks, with three methods' maps: what the chart below counts."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz import attribution
from cnnviz.figures import pictures
from cnnviz.topics.attribution import shortcut, shortcut_captions, shortcut_example, shortcut_example_figures
from cnnviz.topics.attribution.shortcut_example import METHODS, Seen
from pages.shared import cache, charts, gallery_picker
from pages.shared.view import of_networks

MOST = 100  # images to go through
KEY = "attribution.example"


def show(cue: str, twin: str, images: str, line: DeltaGenerator) -> None:
    """Which image, and its images. cue, twin: the choices of the two networks. images: the data set.

    line: where the field of the image stands.
    """
    version = gallery_picker.version(images)
    there = _right(cue, twin, images, version)
    if not there:
        return
    st.html(Path(__file__).with_name("shortcut_pair.css"))
    if st.session_state.get(KEY, 1) > there:
        st.session_state[KEY] = there
    number = int(
        line.number_input(
            shortcut_captions.EXAMPLE, 1, there, key=KEY, bind="query-params", width=160,
            help=shortcut_captions.EXAMPLE_HELP,
        )
    )  # fmt: skip
    seen = _examples(cue, twin, images, version, number)
    st.html(drawn(seen, charts.theme()))
    st.caption(shortcut_captions.example(seen))


@of_networks
@st.cache_resource(max_entries=8, show_spinner=False)
def _right(cue: str, twin: str, images: str, version: int) -> int:
    """How many images there are to go through."""
    return min(MOST, len(shortcut.right_for_both(cache.network(cue), cache.network(twin), images)))


@of_networks
@st.cache_resource(max_entries=24, show_spinner="Both networks explain this image …")
def _examples(cue: str, twin: str, images: str, version: int, number: int) -> tuple[Seen, ...]:
    return shortcut_example.example(cache.network(cue), cache.network(twin), number - 1, images)


def drawn(seen: Sequence[Seen], theme: str) -> str:
    """Two blocks, one a network; in each a line with the square and one without: the image and its maps."""
    scales = shortcut_example_figures.scales(seen)
    blocks = []
    for network, title in shortcut_captions.NETWORKS.items():
        heads = "".join(f"<b>{html.escape(name)}</b>" for name in _heads())
        lines = "".join(_line(one, scales, theme) for one in seen if one.network == network)
        blocks.append(f"<section><h4>{html.escape(title)}</h4><div class='grid'>{heads}{lines}</div></section>")
    return f"<div class='cnnviz-pair'>{''.join(blocks)}</div>"


def _heads() -> list[str]:
    return [shortcut_captions.IMAGE, *(attribution.REGISTRY[name].title for name in METHODS)]


def _line(one: Seen, scales: dict[tuple[str, str], float], theme: str) -> str:
    said = shortcut_captions.says(one)
    cells = [_figure(one.picture, said, said)]
    for method in METHODS:
        shown = shortcut_example_figures.overlaid(one.picture, one.maps[method], scales[one.network, method], theme)
        words = shortcut_captions.on_the_square(one.shares[method])
        cells.append(_figure(shown, words, f"{attribution.REGISTRY[method].title}: {words}"))
    return "".join(cells)


def _figure(picture: np.ndarray, words: str, alt: str) -> str:
    encoded = base64.b64encode(pictures.png(picture)).decode()
    unbroken = re.sub(r"([<>]) ", "\\1\N{NO-BREAK SPACE}", words).replace(" %", "\N{NO-BREAK SPACE}%")
    return (
        f"<figure><img src='data:image/png;base64,{encoded}' alt='{html.escape(alt, quote=True)}'>"
        f"<figcaption>{html.escape(unbroken)}</figcaption></figure>"
    )
