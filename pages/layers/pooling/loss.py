"""An image or a layer's maps pooled, restored to their size, and compared."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.records.pooling import Comparison
from cnnviz.topics.pooling import loss, loss_captions, loss_figures, proofs, questions, side_by_side_figures
from pages.layers.pooling import cache, inputs
from pages.layers.pooling.components.side_by_side import side_by_side
from pages.shared import predict, proof_badge, url_state
from pages.shared.downloads import downloads
from pages.shared.source_box import source_box

SIDES = (2, 3, 4, 8)


@st.fragment
def show() -> None:
    """What is pooled and how; before, after and restored side by side; PSNRs; proofs."""
    left, middle, right = st.columns([3, 3, 4], gap="medium", vertical_alignment="bottom")
    with left:
        of = inputs.which("pooling.loss.of")
    with middle:
        kind = st.selectbox(
            "Pooling", list(loss.POOLS), format_func=loss.POOLS.__getitem__, key="pooling.loss.kind",
            persist_state="session",
        )  # fmt: skip
    with right:
        side = st.segmented_control(
            "Window = stride", SIDES, format_func=lambda n: f"{n} × {n}", default=2, required=True,
            key="pooling.loss.side", persist_state="session",
        )  # fmt: skip
    source = inputs.source(of)
    if source is None:
        return
    try:
        found = cache.comparisons(source.key, int(side or 2), source.span, source.values)
    except OperationError as error:
        st.error(str(error), icon=":material/error:")
        return
    _result(source, found, kind, side=int(side or 2))
    url_state.publish()


def _result(source: inputs.PoolingInput, found: tuple[Comparison, ...], kind: str, *, side: int) -> None:
    chosen = next((one for one in found if one.kind == kind), None)
    if chosen is None:
        st.warning(
            loss_captions.NEGATIVE, icon=":material/info:",
        )  # fmt: skip
        chosen = found[0]
    listed = loss_figures.tiles(chosen, picture=source.picture, channel=source.channel, titles=loss.WAYS)
    side_by_side(side_by_side_figures.data(listed), key="pooling.loss.tiles")
    st.caption(source.caption)
    said = (
        loss_captions.kept(chosen, loss.WAYS),
        loss_captions.unpooled(chosen),
        loss_captions.least_lost(found, loss.POOLS),
    )
    st.markdown(" ".join(filter(None, said)))
    st.markdown(loss_figures.table(found, loss.POOLS, loss.WAYS))
    proof_badge.badges(*cache.loss_proofs(source.key, chosen.kind, side, chosen))
    predict.ask("What pooling loses", *questions.lost(chosen, source.channel))
    downloads(
        [("Pooled and restored, NPZ", "pooled.npz", "application/octet-stream", lambda: loss_figures.npz(chosen))],
        key="pooling.loss.take",
    )
    source_box(SNIPPET, made_by=(loss.shrink, loss.restore, loss.psnr, proofs.unpool))


SNIPPET = """import numpy as np
import torch
from torch.nn import functional as F

from cnnviz import samples

picture = np.asarray(samples.square("chelsea", 128)) / 255
x = torch.tensor(picture).permute(2, 0, 1)[None]  # [1, 3, 128, 128], 0 … 1
small, switches = F.max_pool2d(x, 2, return_indices=True)
back = {
    "switches": F.max_unpool2d(small, switches, 2),
    "nearest": F.interpolate(small, size=x.shape[2:], mode="nearest"),
    "bilinear": F.interpolate(small, size=x.shape[2:], mode="bilinear"),
}
for way, y in back.items():
    print(way, f"{-10 * torch.log10(((x - y) ** 2).mean()):.1f} dB")
"""
