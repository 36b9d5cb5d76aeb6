"""What the page of one's own model computes, kept by plain keys."""

from __future__ import annotations

import streamlit as st

from cnnviz import models
from cnnviz.checkpoints import uploads
from cnnviz.records.own_model import Compared, OwnModel
from cnnviz.topics.own_model import costs


@st.cache_resource(max_entries=64, show_spinner=False)
def survey(layers: tuple[tuple[object, ...], ...], shape: tuple[int, int, int], classes: int) -> OwnModel:
    """Every layer as it was tried, with shape and cost."""
    return costs.survey(layers, shape, classes)


@st.cache_resource(max_entries=1, scope="session", show_spinner="Reading the file …")
def readable(network: str, digest: str, _data: bytes, _title: str) -> tuple[bytes, tuple[str, ...]]:
    """The upload as safetensors, for this network, and what was done to it. It may be 600 MB: it goes with its tab."""
    return uploads.readable(_data, _title, models.shadow(network))


@st.cache_resource(max_entries=8, show_spinner="Comparing name by name …")
def compared(network: str, digest: str, _data: bytes, _title: str) -> Compared:
    """The file's tensors beside the network's, name by name."""
    return uploads.examined(_data, models.shadow(network), name=_title)


@st.cache_resource(max_entries=8, show_spinner="Looking for the network that it was saved from …")
def closest(digest: str, _data: bytes) -> str:
    """The listed network that the file fits best."""
    return uploads.closest(_data)
