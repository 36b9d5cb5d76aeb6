"""The image at hand: a sample, an upload, a photo or a drawing. It stays through pages and bad uploads."""

from __future__ import annotations

import io
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from cnnviz import failures, images, limits, samples
from cnnviz.plain_text import escaped
from cnnviz.records import Spec
from pages.shared import cache, upload_room, url_state
from pages.shared.components.draw import DRAWING, draw
from pages.shared.components.thumbnails import thumbnails
from pages.shared.view import View

SOURCES = ("Samples", "Upload", "Camera", "Draw")
THUMBNAIL = 88
DRAW_ON = "Draw on it: does it become an 8?"
UPLOAD, TAKEN = "picture.upload", "picture.uploads"  # in the session: the chooser; how many files it gave
FITS = {"crop": "Crop", "squash": "Squash", "pad": "Pad"}


@dataclass(frozen=True, eq=False)
class Picture:
    """digest: what caches are keyed by. name: a sample's name, or "" for an image of one's own."""

    image: Image.Image
    digest: str
    title: str
    name: str = ""

    @property
    def source(self) -> str:
        """As a snippet names it: a sample, or the file of one's own."""
        return f"sample:{self.name}" if self.name else self.title


def chosen(spec: Spec | None = None) -> Picture:
    """The image at hand: the person's own, the sample that was clicked, or the one that fits this network."""
    own = st.session_state.get("own.picture")
    if url_state.get("picture") == "own" and own is not None:
        return Picture(cache.picture(own["digest"], own["data"]), own["digest"], own["title"])
    name = url_state.get("picture")
    if name not in {item.name for item in samples.names()}:
        name = samples.fitting(spec) if spec else samples.FIRST
    return Picture(cache.sample(name), f"sample:{name}", samples.title(name), name)


def source_picker() -> str:
    """Where images come from."""
    chosen: str | None = st.segmented_control(
        "Image", SOURCES, default=SOURCES[0], required=True, key="picture.source", persist_state="session"
    )
    return chosen or SOURCES[0]


def popover(spec: Spec | None = None) -> Picture:
    """The image at hand behind a button that names it, for pages whose subject is something else."""
    current = chosen(spec)
    with st.popover(f"Image: {escaped(current.title)}", icon=":material/image:"):
        choose(source_picker(), spec)
    return current


def choose(source: str, spec: Spec | None = None) -> None:
    """The controls of that source; an image that could not be read is said, and the one that was there stays."""
    if source == "Upload":
        upload()
    elif source == "Camera":
        camera()
    elif source == "Draw":
        drawing(chosen(spec))
    else:
        strip(chosen(spec))
    said()


def said() -> None:
    """What is to be said of the last image: that it is poor, or why it could not be read."""
    if (warning := st.session_state.get("picture.warning")) and url_state.get("picture") == "own":
        st.warning(warning, icon=":material/broken_image:")
    if problem := st.session_state.get("picture.problem"):
        failures.note("an image was refused", problem, remedy="Another file works.")
        st.error(f"{escaped(problem)} The image that was there stays.", icon=":material/broken_image:")


def strip(current: Picture) -> None:
    """All samples, small, to choose from."""
    titles = [(item.name, item.title) for item in samples.names()]
    picked = thumbnails(
        cache.sample_sprite(THUMBNAIL), titles, size=THUMBNAIL, selected=current.name, key="picture.strip"
    )
    if picked and picked != current.name:
        st.session_state.pop("picture.problem", None)
        st.session_state["picture.taken"] = True
        url_state.change(picture=picked, fit=_centred(), row=None, column=None)
        st.rerun()


def upload() -> None:
    """A file of one's own."""
    upload_room.field(
        f"{images.KNOWN}, up to {limits.IMAGE_MB} MB",
        type=[ending.removeprefix(".") for ending in images.ENDINGS],
        max_upload_size=limits.IMAGE_MB,
        key=_upload_key(),
        on_change=_take_upload,
    )


def _upload_key() -> str:
    """A chooser of its own for every file that was taken.

    One that still holds the last file gives that up first, and the page would run for nothing before the next is here.
    """
    taken = st.session_state.get(TAKEN, 0)
    return f"{UPLOAD}.{taken}" if taken else UPLOAD


def _take_upload() -> None:
    file = st.session_state.get(_upload_key())
    if file is not None and not upload_room.dropped(file) and take(file.getvalue(), file.name):
        st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1


def camera() -> None:
    """A photo from this device."""
    st.camera_input("A photo", key="picture.camera", on_change=_take_photo)


def _take_photo() -> None:
    if (file := st.session_state.get("picture.camera")) is not None:
        take(file.getvalue(), "photo")


def drawing(current: Picture) -> None:
    """The sheet to draw a digit on. The drawn sample lies on it to be drawn on; under any other image it is blank."""
    drawn_here = not current.name and current.title == DRAWING
    start = _on_the_sheet() if current.name == samples.DRAWN else b""
    lies = DRAWING if drawn_here else current.digest
    data = draw(key="picture.draw", lies=lies, start=start, said=DRAW_ON if start else "")
    if data is not None and images.digest(data) != st.session_state.get("picture.drawn"):
        st.session_state["picture.drawn"] = images.digest(data)
        take(data, DRAWING)
        st.rerun()


@st.cache_resource(show_spinner=False)
def _on_the_sheet() -> bytes:
    file = io.BytesIO()
    samples.read(samples.DRAWN).save(file, "PNG", optimize=True)
    return file.getvalue()


def take(data: bytes, title: str) -> bool:
    """Make these bytes the image at hand, or say why they cannot be. Returns whether they are."""
    digest = images.digest(data)
    try:
        image = cache.picture(digest, data)
    except images.ImageError as error:
        st.session_state["picture.problem"] = str(error)
        return False
    st.session_state["picture.warning"] = images.warning(image)
    st.session_state.pop("picture.problem", None)
    st.session_state["own.picture"] = {"digest": digest, "data": data, "title": title}
    st.session_state["picture.taken"] = True
    url_state.change(picture="own", fit=_centred(), row=None, column=None)
    return True


def chosen_fit() -> str:
    """How the image is fitted to the network's input, as `images.prepare` takes it, whatever a link says."""
    fit: str = url_state.get("fit")
    return fit if images.fit_parts(fit) else "crop"


def _centred() -> str:
    """The same for another image: where the last one's crop was moved to says nothing of the next."""
    return chosen_fit().partition("@")[0]


def view(choice: str, picture: Picture) -> View:
    """That image through that network, fitted as it is chosen: the key of caches."""
    return View(choice, picture.digest, chosen_fit(), picture.image)
