"""What the pooling page keeps: measured shifts, by network, image and number of images."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz import samples
from cnnviz.records.pooling import Comparison, Enlarged
from cnnviz.records.proofs import Proof
from cnnviz.topics.pooling import loss, proofs, shift_figures, upsampling_methods, upsampling_proofs
from cnnviz.topics.pooling import shifts as measured
from cnnviz.topics.pooling.loss_figures import unit_square
from cnnviz.topics.pooling.shift_figures import ShiftLabPacket
from cnnviz.topics.pooling.shift_records import Shifts
from pages.shared import cache
from pages.shared.view import View

OTHERS = 9  # further images of the same kind
MOST = 6
Measured = tuple[Shifts, ShiftLabPacket]
_kept: OrderedDict[tuple[str, str, str, bool], Measured] = OrderedDict()
_guard = threading.Lock()


def shifts(view: View, title: str, *, several: bool, progress: Callable[[float], None]) -> Measured:
    """The image, and further samples of its kind, slid and turned; and what is drawn of it. title: the image's.

    Kept here, the last six, and not by `st.cache_resource`: a cached function may not draw the progress of its caller.
    """
    key = (*view.key, several)
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    opened = cache.network(view.choice)
    names = companions(view.digest, digit=opened.spec.digit) if several else ()
    pictures = [view.image, *(cache.sample(name) for name in names)]
    found = measured.measure(opened, pictures, fit=view.fit, names=(title, *names), progress=progress)
    with _guard:
        _kept[key] = found, shift_figures.data(found)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
        return _kept[key]


def companions(digest: str, *, digit: bool) -> tuple[str, ...]:
    """Nine further samples: handwritten digits or photos, never the image itself."""
    group = "digit" if digit else "photo"
    listed = [item.name for item in samples.names() if item.group == group and f"sample:{item.name}" != digest]
    return tuple(listed[:OTHERS])


@st.cache_resource(max_entries=8, show_spinner=False)
def comparisons(key: str, side: int, span: float, _values: np.ndarray) -> tuple[Comparison, ...]:
    """The values of that name pooled in every way, and brought back in every way."""
    return loss.compare(_values, side, span=span)


@st.cache_resource(max_entries=32, show_spinner=False)
def loss_proofs(key: str, kind: str, side: int, _found: Comparison) -> tuple[Proof, ...]:
    """The pooled values by PyTorch, and the unpooled ones where there are switches."""
    return proofs.loss(_found)


@st.cache_resource(max_entries=8, show_spinner=False)
def enlarged(digest: str, factor: int, _picture: Image.Image) -> tuple[np.ndarray, tuple[Enlarged, ...]]:
    """The image's middle, [3, 128, 128], and every way back to it."""
    whole = unit_square(_picture, 128)
    return whole, upsampling_methods.all_ways(whole, factor)


@st.cache_resource(max_entries=8, show_spinner=False)
def enlarged_proof(digest: str, factor: int, _whole: np.ndarray, _ways: tuple[Enlarged, ...]) -> Proof:
    """All ways of `enlarged` against PyTorch's own."""
    return upsampling_proofs.ways(_whole, factor, _ways)
