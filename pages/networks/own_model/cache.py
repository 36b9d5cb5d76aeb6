"""What the page of one's own model computes, kept by plain keys."""

from __future__ import annotations

import streamlit as st

from cnnviz import models
from cnnviz.checkpoints import uploads
from cnnviz.records.own_model import NamedTensor, OwnModel
from cnnviz.topics.own_model import costs


@st.cache_resource(max_entries=64, show_spinner=False)
def survey(layers: tuple[tuple[object, ...], ...], shape: tuple[int, int, int], classes: int) -> OwnModel:
    return costs.survey(layers, shape, classes)


@st.cache_resource(max_entries=8, show_spinner="Comparing name by name …")
def compared(network: str, digest: str, _data: bytes, _title: str) -> tuple[NamedTensor, ...]:
    return uploads.compared(_data, models.shadow(network), name=_title)
