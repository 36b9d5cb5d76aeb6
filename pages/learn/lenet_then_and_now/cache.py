"""The page's caches. Keys are plain values; nothing here reads the session."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from cnnviz import checkpoints
from cnnviz.records import Spec
from cnnviz.records.proofs import Proof
from cnnviz.topics.lenet_then_and_now import proofs as proven
from cnnviz.topics.lenet_then_and_now import stages
from cnnviz.topics.lenet_then_and_now.records import FirstMaps, Lenets


@st.cache_resource(show_spinner=False)
def both() -> Lenets:
    """The paper's network and today's, stage by stage."""
    return stages.both()


@st.cache_resource(show_spinner=False)
def proofs() -> tuple[Proof, ...]:
    """What is claimed of the paper's layers, checked."""
    return proven.all_of()


@st.cache_resource(show_spinner=False)
def spec() -> Spec:
    """What the shipped LeNet-5 wants an image to be: a digit like MNIST's."""
    return checkpoints.spec(stages.run_id())


@st.cache_resource(max_entries=24, show_spinner=False)
def first_maps(digest: str, activation: str, pooling: str, _picture: Image.Image) -> FirstMaps:
    """The first maps under an older activation and pooling, beside today's."""
    return stages.first_maps(_picture, activation=activation, pooling=pooling)


@st.cache_resource(max_entries=12, show_spinner=False)
def as_trained(digest: str, _picture: Image.Image) -> Proof:
    """Checks that the unchanged network gives its own maps."""
    return stages.as_trained(_picture)
