"""What the parts have computed, kept for everyone: keys are a network's choice, a picture's digest and plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import inception_branches, residual_blocks
from cnnviz.topics.blocks.records import Dropped, Inception
from pages.shared.selection import AtHand


@st.cache_resource(max_entries=12, show_spinner=False)
def packet(*names: str, _make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a component draws, by the names of everything that it depends on."""
    return _make()


@st.cache_resource(max_entries=32, show_spinner=False)
def counted(choice: str, key: str, side: str, _block: Inception) -> tuple[Proof, ...]:
    """The costs of a block's branches, against layers that are built and run."""
    return tuple(proof for one in _block.branches for proof in inception_branches.counted(_block, one))


def each_dropped(at: AtHand) -> Dropped:
    return _each_dropped(at.choice, at.digest, at.fit, _at=at)


@st.cache_resource(max_entries=12, show_spinner="The network runs once without each block …")
def _each_dropped(choice: str, digest: str, fit: str, _at: AtHand) -> Dropped:
    blocks = residual_blocks.shortcuts(_at.look.recording)
    return residual_blocks.each_dropped(_at.network.model, _at.look.prepared.tensor, blocks)


@st.cache_resource(max_entries=64, show_spinner=False)
def dropped(choice: str, digest: str, fit: str, groups: tuple[str, ...], _at: AtHand) -> Any:
    """The logits with these blocks dropped together."""
    blocks = [block for block in residual_blocks.shortcuts(_at.look.recording) if block.group in groups]
    return residual_blocks.answers(_at.network.model, _at.look.prepared.tensor, [blocks])[0]


@st.cache_resource(max_entries=16, show_spinner=False)
def hooked(choice: str, digest: str, fit: str, _at: AtHand) -> tuple[str, Any]:
    """(group, logits) of the first block dropped by a hook instead."""
    block = residual_blocks.shortcuts(_at.look.recording)[0]
    logits = residual_blocks.by_hook(_at.network.model, _at.look.prepared.tensor, block, _at.look.recording)
    return block.group, logits


__all__ = ["counted", "dropped", "each_dropped", "hooked", "packet"]
