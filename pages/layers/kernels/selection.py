"""Which kernels the page is about: a network's layer, and what it answered on the image at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz import outputs
from cnnviz.records import Activations, Layer
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.kernels import analysis as kernel_analysis
from cnnviz.topics.kernels import network
from cnnviz.topics.kernels.records import Analysis, Bank
from pages.layers.kernels import cache
from pages.shared import url_state
from pages.shared.view import View


@dataclass(frozen=True, eq=False)
class KernelSelection:
    """view: what caches are keyed by. module: the layer's, whose weights these are."""

    view: View
    recording: Activations
    layer: Layer
    reading: OutputReading

    @property
    def choice(self) -> str:
        """The network that is chosen."""
        return self.view.choice

    @property
    def module(self) -> str:
        """The module whose weights these are."""
        return self.layer.module

    @property
    def bank(self) -> Bank:
        """The kernels of this layer."""
        return cache.bank(self.choice, self.module)

    @property
    def analysis(self) -> Analysis:
        """What was read off the kernels."""
        return cache.analysis(self.choice, self.module)

    @property
    def answer(self) -> Layer:
        """The layer's map after its activation, where one follows."""
        return network.answered(self.recording, self.layer.key)

    @property
    def top_class(self) -> str:
        """The likeliest class on this image, or what stands for it in another kind of output."""
        return outputs.target_words(self.reading)

    def dead(self) -> np.ndarray:
        """[O] bool: kernels whose norm is nearly 0."""
        return kernel_analysis.dead(self.analysis.norms)

    def silent(self) -> np.ndarray:
        """[O] bool: channels that are constant on this image."""
        return network.silent(self.answer)

    def kernel(self) -> int:
        """The chosen kernel, or the one with the largest norm."""
        chosen = url_state.get("channel")
        known = isinstance(chosen, int) and chosen < len(self.bank.weights)
        return int(chosen) if known else int(self.analysis.norms.argmax())
