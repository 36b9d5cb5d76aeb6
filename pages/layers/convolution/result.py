"""Under the window: the size with its numbers, what the setting does, PyTorch's line, proofs, downloads, source."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st

from cnnviz.records.proofs import Proof
from cnnviz.records.windows import SlidingWindow
from cnnviz.topics.convolution import captions, convolution, figures, padding, questions, transposed_convolution
from cnnviz.topics.convolution.records import Convolution
from pages.shared import downloads, predict, proof_badge
from pages.shared.source_box import source_box

FUNCTIONS = (
    convolution.convolve, convolution.reading, convolution.channel_sums, transposed_convolution.reading,
    padding.sources, figures.torch_code,
)  # fmt: skip


def show(found: Convolution, drawn: SlidingWindow, *proofs: Proof, formula: bool = True) -> None:
    """The same for every input. found: the convolution; drawn: its window; proofs: what checks it.

    formula: whether the size is written out here; the board writes it itself.
    """
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if formula:
            for name, line in zip(figures.AXES, figures.size_formula(found), strict=True):
                st.latex(rf"\text{{{name}: }} {line}")
        facts = captions.facts(found, drawn)
        st.markdown("\n".join(f"- {fact}" for fact in facts) if len(facts) > 1 else "".join(facts))
    with right:
        st.caption(captions.IN_PYTORCH)
        st.code(figures.torch_layer(found), language="python", wrap_lines=True)
        proof_badge.badges(*proofs)
        downloads.downloads(
            [("Numbers", "convolution.npz", "application/octet-stream", lambda: _npz(found))], key="convolution.steps"
        )
    predict.ask("Convolution", *questions.questions(found))
    source_box(figures.torch_code(found), made_by=FUNCTIONS)


def _npz(found: Convolution) -> bytes:
    target = io.BytesIO()
    np.savez_compressed(
        target, x=found.x, weights=found.weights, bias=found.bias, padded=found.padded.values,
        channel_sums=found.channel_sums, output=found.output,
    )  # fmt: skip
    return target.getvalue()
