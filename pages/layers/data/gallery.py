"""The images of a data set, by class; and what the transforms make of some of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures import batches
from cnnviz.measurements import data_set
from cnnviz.records.training import AUGMENTATIONS
from cnnviz.topics.data import captions
from cnnviz.topics.data import transforms as drawing
from cnnviz.topics.data.transforms import TRANSFORMS
from cnnviz.training import augmentation, distortions
from pages.layers.data import cache, question
from pages.shared import downloads, image_picker
from pages.shared.components.picture_sheet import picture_sheet
from pages.shared.source_box import source_box

COLUMNS = 8
SOURCES = ("the data set's images", "the image at hand")


def browse(name: str) -> None:
    """Pages of images; hover and click are answered in the browser."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control(
            "Split", ("train", "test"), default="train", required=True, key="data.split", bind="query-params"
        )
        label = _class(name, split or "train")
        pages = cache.sheet(name, split or "train", label, 1).pages
        page = st.number_input(captions.page_of(pages), 1, pages, key=f"data.page.{pages}", width=140)
        normalised = st.toggle(captions.NORMALISED, key="data.normalised", bind="query-params")
    found = cache.sheet(name, split or "train", label, int(page))
    header, pixels = batches.browse(found, normalised=normalised)
    picture_sheet(header, pixels, key="data.sheet")
    data = cache.split(name, split or "train")
    title = None if label is None else data.classes[label]
    st.caption(captions.shown(len(found.labels), found.total, title, data.source))
    if normalised:
        st.caption(captions.normalised(data.images.shape[1]))
    part, number = split or "train", int(page)
    question.ask("Images", name)
    downloads.downloads(
        [
            (
                "These images, PNG", "pictures.png", "image/png",
                lambda: batches.sheet_png(cache.sheet(name, part, label, number).pictures),
            )
        ],
        key="data",
    )  # fmt: skip
    source_box(batches.browse_snippet(name, split or "train", label), made_by=(data_set.sheet,))


def _class(name: str, split: str) -> int | None:
    """The class to show, None for all."""
    counts = cache.counts(name, split)
    classes = cache.split(name, split).classes
    listed: dict[int | None, str] = {None: captions.class_and_count(captions.ALL_CLASSES, sum(counts))}
    for index, (title, count) in enumerate(zip(classes, counts, strict=True)):
        listed[index] = captions.class_and_count(title, count)
    chosen: int | None = st.selectbox(
        "Class", list(listed), format_func=listed.__getitem__, key=f"data.class.{name}", width=200
    )
    return chosen


def transforms(name: str) -> None:
    """A row for each transform alone, and one for all together."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.segmented_control(
            "Transform", SOURCES, default=SOURCES[0], required=True, key="data.source", bind="query-params"
        )
        own = image_picker.popover() if source == SOURCES[1] else None
    wanted = st.pills(
        "Transforms", TRANSFORMS, default=TRANSFORMS, selection_mode="multi", key="data.transforms", bind="query-params"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        padding = st.slider(captions.PADDING, 0, 12, augmentation.PADDING, key="data.padding", width=190)
        degrees = st.slider(captions.DEGREES, 0, 180, 15, key="data.degrees", width=190)
        strength = st.slider(captions.JITTER, 0.0, 1.0, 0.4, key="data.jitter", width=190)
        hue = st.slider(captions.HUE, 0.0, 0.5, 0.1, key="data.hue", width=190)
        seed = int(st.number_input("Seed", 0, 2**31 - 1, key="data.seed", bind="query-params", width=130))
        st.button("Roll again", icon=":material/casino:", key="data.roll", on_click=_roll)
    found = data_set.copies(own.image, own.title) if own else cache.sheet(name, "train", None, 1)
    jitter = drawing.Jitter(padding, degrees, strength, strength, strength, hue)
    rows = drawing.transformed(found.pictures[:COLUMNS], tuple(wanted), seed=seed, jitter=jitter)
    header, pixels = batches.transforms(found, rows)
    picture_sheet(header, pixels, key="data.transformed")
    st.caption(captions.chance(AUGMENTATIONS))
    question.ask("Transforms", name)
    downloads.downloads(
        [
            (
                "All rows, PNG", "transforms.png", "image/png",
                lambda: batches.sheet_png(np.concatenate([row.pictures for row in rows]), columns=COLUMNS),
            )
        ],
        key="data",
    )  # fmt: skip
    source_box(
        batches.transforms_snippet(name, seed),
        made_by=(augmentation.crop, augmentation.flip, distortions.rotate, distortions.hue, distortions.contrast),
    )


def _roll() -> None:
    st.session_state["data.seed"] = (st.session_state["data.seed"] + 1) % 2**31
