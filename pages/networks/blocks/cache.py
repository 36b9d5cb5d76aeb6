"""What the parts have computed, kept for everyone: keys are a network's choice, an image's digest and plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import inception_branches, residual_blocks
from cnnviz.topics.blocks.records import InceptionRecord, ShortcutsAlone
from pages.shared import cache
from pages.shared.view import View, by_view

Packet = TypeVar("Packet")


@st.cache_resource(max_entries=12, show_spinner=False)
def _packet(*names: str, _make: Callable[[], Any]) -> Any:
    return _make()


def packet(*names: str, _make: Callable[[], Packet]) -> Packet:
    """What a component draws, by the names of everything that it depends on."""
    made: Packet = _packet(*names, _make=_make)
    return made


@st.cache_resource(max_entries=32, show_spinner=False)
def counted(choice: str, key: str, side: str, _block: InceptionRecord) -> tuple[Proof, ...]:
    """The costs of a block's branches, against layers that are built and run."""
    return tuple(proof for one in _block.branches for proof in inception_branches.counted(_block, one))


@by_view(max_entries=12, show_spinner="The network runs once without each block …")
def each_dropped(view: View) -> ShortcutsAlone:
    """What becomes of the prediction without each block in turn."""
    seen = cache.look(view)
    blocks = residual_blocks.shortcuts(seen.recording)
    return residual_blocks.each_dropped(cache.network(view.choice).model, seen.prepared.tensor, blocks)


@by_view(max_entries=64)
def dropped(view: View, groups: tuple[str, ...]) -> Any:
    """The logits with these blocks dropped together."""
    seen = cache.look(view)
    blocks = [block for block in residual_blocks.shortcuts(seen.recording) if block.group in groups]
    return residual_blocks.answers(cache.network(view.choice).model, seen.prepared.tensor, [blocks])[0]


@by_view(max_entries=16)
def hooked(view: View) -> tuple[str, Any]:
    """(group, logits) of the first block dropped by a hook instead."""
    seen = cache.look(view)
    block = residual_blocks.shortcuts(seen.recording)[0]
    logits = residual_blocks.by_hook(cache.network(view.choice).model, seen.prepared.tensor, block, seen.recording)
    return block.group, logits
