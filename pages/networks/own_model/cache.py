"""What the page of one's own model computes, kept by plain keys."""

from __future__ import annotations

import streamlit as st

from cnnviz import models
from cnnviz.checkpoints import uploads
from cnnviz.records.own_model import Compared, OwnModel
from cnnviz.topics.own_model import costs


@st.cache_resource(max_entries=64, show_spinner=False)
def survey(layers: tuple[tuple[object, ...], ...], shape: tuple[int, int, int], classes: int) -> OwnModel:
    return costs.survey(layers, shape, classes)


@st.cache_resource(max_entries=2, show_spinner="Reading the file …")
def readable(digest: str, _data: bytes, _title: str) -> tuple[bytes, tuple[str, ...]]:
    return uploads.readable(_data, _title)


@st.cache_resource(max_entries=8, show_spinner="Comparing name by name …")
def compared(network: str, digest: str, _data: bytes, _title: str) -> Compared:
    return uploads.examined(_data, models.shadow(network), name=_title)


@st.cache_resource(max_entries=8, show_spinner="Looking for the network that it was saved from …")
def closest(digest: str, _data: bytes) -> str:
    return uploads.closest(_data)
