"""The picture at hand: a sample, an upload, a photo or a drawing. It stays through pages and bad uploads."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from PIL import Image

from cnnviz import images, limits, samples
from cnnviz.figures import pictures
from cnnviz.plain_text import escaped
from cnnviz.records import Spec
from pages.shared import cache, url_state
from pages.shared.components.draw import draw
from pages.shared.components.thumbnails import thumbnails

SOURCES = ("Samples", "Upload", "Camera", "Draw")
THUMBNAIL = 88
SHOWN = 170  # pixels: the width of the two pictures
FITS = {"crop": "Crop", "squash": "Squash", "pad": "Pad"}


@dataclass(frozen=True, eq=False)
class Picture:
    """digest: what caches are keyed by. name: a sample's name, or "" for a picture of one's own."""

    image: Image.Image
    digest: str
    title: str
    name: str = ""


def chosen(spec: Spec | None = None) -> Picture:
    """The picture at hand: the person's own, the sample that was clicked, or the one that fits this network."""
    own = st.session_state.get("own.picture")
    if url_state.get("picture") == "own" and own is not None:
        return Picture(cache.picture(own["digest"], own["data"]), own["digest"], own["title"])
    name = url_state.get("picture")
    if name not in {item.name for item in samples.names()}:
        name = samples.fitting(spec) if spec else samples.FIRST
    return Picture(cache.sample(name), f"sample:{name}", samples.title(name), name)


def source_picker() -> str:
    """Where pictures come from."""
    chosen: str | None = st.segmented_control(
        "Picture", SOURCES, default=SOURCES[0], required=True, key="picture.source", persist_state="session"
    )
    return chosen or SOURCES[0]


def popover(spec: Spec | None = None) -> Picture:
    """The picture at hand behind a button that names it, for pages whose subject is something else."""
    current = chosen(spec)
    with st.popover(f"Picture: {escaped(current.title)}", icon=":material/image:"):
        choose(source_picker(), spec)
    return current


def choose(source: str, spec: Spec | None = None) -> None:
    """The controls of that source; a picture that could not be read is said, and the one that was there stays."""
    if source == "Upload":
        _upload()
    elif source == "Camera":
        _camera()
    elif source == "Draw":
        _drawing()
    else:
        _strip(chosen(spec))
    if (said := st.session_state.get("picture.warning")) and url_state.get("picture") == "own":
        st.warning(said, icon=":material/broken_image:")
    if problem := st.session_state.get("picture.problem"):
        st.error(f"{escaped(problem)} The picture that was there stays.", icon=":material/broken_image:")


def _strip(current: Picture) -> None:
    titles = [(item.name, item.title) for item in samples.names()]
    picked = thumbnails(
        cache.sample_sprite(THUMBNAIL), titles, size=THUMBNAIL, selected=current.name, key="picture.strip"
    )
    if picked and picked != current.name:
        st.session_state.pop("picture.problem", None)
        url_state.change(picture=picked, row=None, column=None)
        st.rerun()


def _upload() -> None:
    st.file_uploader(
        f"{images.KNOWN}, up to {limits.IMAGE_MB} MB",
        type=[ending.removeprefix(".") for ending in images.ENDINGS],
        max_upload_size=limits.IMAGE_MB,
        key="picture.upload",
        on_change=_take_upload,
    )


def _take_upload() -> None:
    if (file := st.session_state.get("picture.upload")) is not None:
        take(file.getvalue(), file.name)


def _camera() -> None:
    st.camera_input("A photo", key="picture.camera", on_change=_take_photo)


def _take_photo() -> None:
    if (file := st.session_state.get("picture.camera")) is not None:
        take(file.getvalue(), "photo")


def _drawing() -> None:
    data = draw(key="picture.draw")
    if data is not None and images.digest(data) != st.session_state.get("picture.drawn"):
        st.session_state["picture.drawn"] = images.digest(data)
        take(data, "drawing")
        st.rerun()


def take(data: bytes, title: str) -> None:
    """Make these bytes the picture at hand, or say why they cannot be."""
    digest = images.digest(data)
    try:
        image = cache.picture(digest, data)
    except images.ImageError as error:
        st.session_state["picture.problem"] = str(error)
        return
    st.session_state["picture.warning"] = images.warning(image)
    st.session_state.pop("picture.problem", None)
    st.session_state["own.picture"] = {"digest": digest, "data": data, "title": title}
    url_state.change(picture="own", row=None, column=None)


def fit_at_hand() -> str:
    """How the picture is fitted to the network's input: one of FITS, whatever a link says."""
    return url_state.get("fit") if url_state.get("fit") in FITS else "crop"


def what_the_network_sees(choice: str, spec: Spec, current: Picture) -> None:
    """The picture and the network's input side by side, how it was fitted, and each step of the way."""
    asked = (choice, current.digest, fit_at_hand(), current.image)
    (caption, png), *steps = cache.as_seen(*asked, width=2 * SHOWN)
    with st.container(horizontal=True, gap="small"):
        st.image(
            pictures.thumbnail_png(current.image, 2 * SHOWN),
            output_format="PNG",
            caption=escaped(current.title),
            width=SHOWN,
        )
        st.image(png, output_format="PNG", caption=caption, width=SHOWN)
        with st.container(width=150):
            st.selectbox(
                "Fitted by", list(FITS), format_func=FITS.__getitem__, index=list(FITS).index(fit_at_hand()),
                key="picture.fit", disabled=spec.digit, on_change=_fit_chosen,
            )  # fmt: skip
            with st.popover("Step by step", icon=":material/format_list_numbered:"):
                for caption, png in steps:
                    st.image(png, output_format="PNG", caption=caption)


def _fit_chosen() -> None:
    url_state.change(fit=st.session_state["picture.fit"], row=None, column=None)
