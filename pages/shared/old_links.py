"""Links that were made when a part or a source had another name go on showing what they showed."""

from __future__ import annotations

import re

import streamlit as st

# (what the link names, what it says) → what that is called now
NOW = {
    ("attribution.baseline", "the image, blurred"): "blur",
    ("attribution.baseline", "the mean colour"): "mean",
    ("attribution.group", "A little noise"): "noise",
    ("attribution.group", "Four in a square"): "square",
    ("attribution.group", "Is it on the object?"): "mask",
    ("attribution.group", "Is it on the shape?"): "mask",
    ("attribution.group", "Random weights"): "random",
    ("attribution.group", "Take pixels away"): "fills",
    ("attribution.part", "A planted shortcut"): "shortcut",
    ("attribution.part", "On trial"): "trial",
    ("attribution.part", "One image"): "grid",
    ("attribution.part", "Parts of the image"): "parts",
    ("attribution.tried", "EfficientNet-Lite0"): "efficientnet_lite0",
    ("attribution.tried", "Net, 32 × 32 alone"): "net",
    ("attribution.tried", "Small CNN, takes any size"): "small",
    ("convolution.part", "On your picture"): "On your image",
    ("convolution.source", "Picture"): "Image",
    ("data.part", "Pictures"): "Images",
    ("data.source", "the data set's pictures"): "the data set's images",
    ("data.source", "the picture at hand"): "the image at hand",
    ("degradation.part", "Your picture"): "Your image",
    ("dropout.over", "picture"): "image",
    ("lenet.part", "On your picture"): "On your image",
    ("image_map.plane", "PCA"): "pca",
    ("image_map.plane", "t-SNE"): "tsne",
    ("looks_for.free", "all waves"): "waves",
    ("looks_for.free", "phases alone"): "phases",
    ("looks_for.goal", "a class"): "class",
    ("looks_for.goal", "a direction"): "direction",
    ("looks_for.goal", "the channel"): "channel",
    ("looks_for.kind", "more of what it sees"): "dream",
    ("looks_for.kind", "what the layer still knows"): "known",
    ("looks_for.part", "An image made for it"): "made",
    ("looks_for.part", "From your image"): "yours",
    ("looks_for.part", "Real images"): "real",
    ("looks_for.part", "Which unit was it?"): "game",
    ("looks_for.part", "Without it"): "cut",
    ("permuted.part", "The pictures"): "The images",
    ("pooling.part", "Larger again"): "Upsampling",
}
RUN_ID = re.compile(r" \((?:[\w-]+-)?[0-9a-f]{8}\)$")  # "LeNet-5 on MNIST (mnist-lenet5-df3d2154)": runs had their ids
RUNS = ("kernels.run", *(f"blocks.{part}.network" for part in ("dense", "inception", "residual", "unit", "vgg")))


def translate() -> None:
    """The address takes the present names, and the script begins anew with them, as if they had always stood there.

    To be called once `st.navigation` knows the page, which would be lost otherwise.
    """
    old = {name: now for (name, then), now in NOW.items() if st.query_params.get(name) == then}
    old |= {name: RUN_ID.sub("", text) for name in RUNS if RUN_ID.search(text := st.query_params.get(name, ""))}
    if old:
        st.query_params.update(old)
        st.rerun()
