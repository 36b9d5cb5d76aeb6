"""What the receptive field page computes, kept: by view and by plain numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz import anatomy, images, samples
from cnnviz.records import Row
from cnnviz.records.proofs import Proof
from cnnviz.topics.receptive_field import effective_field
from cnnviz.topics.receptive_field import stack as field_stack
from cnnviz.topics.receptive_field.records import BlankedCell, EffectiveField, FieldCell, FieldStack
from pages.shared.cache import look, network
from pages.shared.view import View, by_view


@st.cache_resource(max_entries=6, show_spinner=False)
def rows(choice: str) -> tuple[Row, ...]:
    """The network's layers with what each cell sees."""
    opened = network(choice)
    return anatomy.inspect(opened.model, opened.spec.input_shape, run=True)


@by_view(max_entries=48, show_spinner="The gradient of this cell …")
def effective(view: View, *, cell: FieldCell, others: tuple[str, ...]) -> EffectiveField:
    """The mean over the image at hand and the named samples."""
    opened = network(view.choice)
    pictures = [look(view).prepared.tensor]
    pictures += [images.prepare(samples.read(name), opened.spec, fit=view.fit).tensor for name in others]
    return effective_field.effective(opened.model, pictures, cell)


@by_view(max_entries=48, show_spinner="Blank outside, blank inside …")
def blanked(view: View, *, cell: FieldCell) -> BlankedCell:
    """The cell's value with everything outside its field blanked."""
    return effective_field.blanked(network(view.choice).model, look(view).prepared.tensor, cell)


@st.cache_resource(max_entries=64, show_spinner=False)
def stack(kernel: int, stride: int, dilation: int, padding: int, depth: int) -> tuple[FieldStack, tuple[Proof, ...]]:
    """The stack's recursion, and its checks."""
    made = field_stack.build(kernel, stride, dilation, padding, depth)
    return made, field_stack.proofs(made)
