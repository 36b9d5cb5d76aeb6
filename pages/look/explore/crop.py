"""What of the image the network sees: a frame on the original, to be dragged along the side that has room."""

from __future__ import annotations

from cnnviz import images
from cnnviz.figures import pictures
from cnnviz.records import Spec
from pages.look.explore.components.crop_frame import crop_frame
from pages.shared import messages, url_state
from pages.shared.cache import look
from pages.shared.view import View

KEY = "explore.cropped"
LEAST = 2  # pixels of the image: less room than that is no use to anybody
SENT = 336  # pixels of the longer side that travel


def moves(view: View, spec: Spec) -> bool:
    """Whether the image is cropped, and the crop has room to be elsewhere."""
    fit = images.fit_parts(view.fit)
    return not spec.digit and fit is not None and fit[0] == "crop" and max(_room(view)) > LEAST


def show(view: View, said: str) -> None:
    """The original with the frame; moving it becomes the way in which the image is fitted."""
    left, top, right, bottom = look(view).prepared.box
    across, down = _room(view)
    crop_frame(
        pictures.thumbnail_png(view.image, SENT),
        {
            "width": right - left, "height": bottom - top, "vertical": down > across, "said": said,
            "place": (images.fit_parts(view.fit) or ("", images.MIDDLE))[1],
            "other": (left if down > across else top),
        },
        key=KEY, on_place=_placed,
    )  # fmt: skip


def _room(view: View) -> tuple[float, float]:
    """How much of the width and of the height lies outside, in pixels of the image."""
    left, top, right, bottom = look(view).prepared.box
    return max(0.0, 1 - (right - left)) * view.image.width, max(0.0, 1 - (bottom - top)) * view.image.height


def _placed() -> None:
    sent = messages.heard(KEY, "place", float)
    if sent is not None:
        url_state.change(fit=images.fit_text(sent), row=None, column=None)
