"""The kernels of a layer, one tile each; a deep one's input slices; its map on the image; where the numbers hold."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import streamlit as st

from cnnviz.figures import maps, pictures
from cnnviz.topics.kernels import analysis, captions, figures, network
from pages.layers.kernels import cache
from pages.layers.kernels.components.kernel_grid import PickedKernel, kernel_grid
from pages.layers.kernels.selection import KernelSelection
from pages.shared import messages, proof_badge, url_state
from pages.shared.cache import look
from pages.shared.charts import theme
from pages.shared.downloads import downloads

KEY = "kernels.grid"
SHOWN = 240  # pixels: the width of the image and of the chosen kernel's map


@st.fragment
def show(here: KernelSelection) -> None:
    """The grid, and under it the chosen kernel."""
    wanted = messages.heard(KEY, "want", str, among=_offers(here)) or ""
    gradients = _gradients(here, wanted)
    packet = figures.of_outputs(here.bank, here.analysis, gradients=gradients, **_about(here))
    kernel_grid(
        packet, key=KEY, selected=here.kernel(), on_pick=_kernel_picked,
        wants={name: label for name, label in _offers(here).items() if name.removeprefix("gradient_") not in gradients},
    )  # fmt: skip
    which = here.kernel()
    if not figures.drawn_whole(here.bank):
        _slices(here, which, gradients)
    _effect(here, which)
    _prove(here, which, gradients)
    url_state.publish()


def _kernel_picked() -> None:
    if picked := messages.heard(KEY, "pick", PickedKernel):
        url_state.change(channel=picked.kernel, row=None, column=None)


def _offers(here: KernelSelection) -> dict[str, str]:
    score = {"gradient_score": captions.gradient_of_score(here.top_class)}
    if here.reading.kind != "classes" or here.reading.applied == "softmax":
        return score  # a cross-entropy is of logits of classes
    return score | {"gradient_loss": captions.gradient_of_loss(here.top_class)}


def _gradients(here: KernelSelection, wanted: str) -> dict[str, np.ndarray]:
    """What somebody asked to see, and nothing before."""
    aim = wanted.removeprefix("gradient_")
    if aim not in network.AIMS:
        return {}
    found, _ = cache.gradient(here.view, here.module, aim)
    return {aim: found}


def _about(here: KernelSelection) -> dict[str, Any]:
    """What the tiles carry beside their weights."""
    values = here.layer.values
    answers = values if values.ndim == 3 and len(values) == len(here.bank.weights) else None
    classics = cache.classics(here.analysis, here.bank.shape[3])
    return {"dead": here.dead(), "silent": here.silent(), "answers": answers, "classics": classics}


def _slices(here: KernelSelection, which: int, gradients: dict[str, np.ndarray]) -> None:
    """Every input slice of one kernel, the longest first."""
    width = here.bank.shape[3]
    st.subheader(captions.by_input(which))
    st.caption(captions.slices(here.bank, which))
    read_off = cache.slices(here.choice, here.module, which)
    packet = figures.of_inputs(
        here.bank, read_off, which, gradients=gradients, classics=cache.classics(read_off, width),
        dead=analysis.dead(read_off.norms),
    )  # fmt: skip
    kernel_grid(packet, key="kernels.slices", view="inputs")


def _effect(here: KernelSelection, which: int) -> None:
    """The image, and what the kernel made of it."""
    values = here.layer.values
    if values.ndim != 3 or len(values) != len(here.bank.weights):
        return
    seen = look(here.view)
    one = values[which : which + 1]
    st.subheader(captions.on_the_image(which))
    with st.container(horizontal=True, gap="small"):
        as_seen = pictures.png(pictures.enlarge_to(seen.picture, 2 * SHOWN))
        st.image(as_seen, output_format="PNG", caption=captions.NETWORK_INPUT, width=SHOWN)
        own = captions.feature_map(one)
        st.image(figures.map_png(one[0], theme()), output_format="PNG", caption=own, width=SHOWN)
        after = here.answer
        if after.key != here.layer.key:
            kept = after.values[which : which + 1]
            st.image(
                figures.map_png(kept[0], theme()),
                output_format="PNG",
                caption=captions.after_activation(after.operation, kept),
                width=SHOWN,
            )


def _prove(here: KernelSelection, which: int, gradients: dict[str, np.ndarray]) -> None:
    st.caption(captions.checked(which))
    slope = cache.gradient_proof(here.view, here.module) if "score" in gradients else None
    proof_badge.badges(*cache.proofs(here.view, here.layer.key, which), *([slope] if slope else []))
    if "score" in gradients and slope is None:
        st.caption(captions.NOT_CHECKED)


def take(here: KernelSelection) -> None:
    """The files: all kernels with what was read off them, and the picture of their first inputs."""
    name = here.module.replace(".", "_") or "layer"

    def numbers() -> bytes:
        target = io.BytesIO()
        read = here.analysis
        np.savez_compressed(
            target, weights=here.bank.weights, norms=read.norms, frequencies=read.frequencies, angles=read.angles,
            coherences=read.coherences, cosines=read.cosines, classics=np.array(read.classics),
            responses=read.responses,
        )  # fmt: skip
        return target.getvalue()

    def picture() -> bytes:
        return maps.mosaic_png(here.bank.weights[:, 0], palette="weights", theme=theme())

    downloads(
        [
            ("Kernels and what was read off them (NPZ)", f"{name}_kernels.npz", "application/octet-stream", numbers),
            ("First input slices (PNG)", f"{name}_kernels.png", "image/png", picture),
        ],
        key="kernels.take",
    )
