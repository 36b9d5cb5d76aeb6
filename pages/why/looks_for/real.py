"""The part "Real images": what drives a channel highest and lowest, and all responses as a histogram."""

from __future__ import annotations

import csv
import io

import streamlit as st

from cnnviz.records import Layer
from cnnviz.topics.looks_for import captions, figures, patches, responses, snippets
from cnnviz.topics.looks_for.records import Driving, Responses
from pages.shared import downloads, predict
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box
from pages.why.looks_for import choose
from pages.why.looks_for.components.unit_patches import unit_patches


def show() -> None:
    """The pickers, then all that answers them."""
    chosen = choose.everything()
    if chosen is None:
        return
    driving = patches.driving(chosen.found, chosen.gallery, chosen.channel)
    network = chosen.here.network
    st.caption(captions.measured(chosen.found, chosen.layer, network.spec.title, chosen.gallery.name, chosen.channel))
    boards(
        chosen,
        driving,
        key="looks_for.board",
        yours=yours(chosen.here.look.recording[chosen.found.layer], chosen.channel),
    )
    badges(responses.alone(network.model, chosen.gallery, chosen.found, chosen.channel, driving.highest[0]))
    st.caption(captions.NOT_SAID)
    ask(chosen)
    downloads.downloads(
        [(captions.PATCHES, "unit_responses.csv", "text/csv", lambda: table(chosen.found, chosen.channel))],
        key="looks_for.take",
    )
    source_box(
        snippets.real_images(chosen.here.choice, chosen.gallery.name, chosen.count, chosen.found.layer, chosen.channel),
        made_by=(responses.of, patches.driving, responses.alone),
    )


def ask(chosen: choose.ChosenPass) -> None:
    """How few images drive the channel high, and what a cell of one more layer would see."""
    found, wanted = chosen.found, []
    high = found.high[:, chosen.channel]
    if float(high.max()) > 0:
        reached = int((high >= high.max() / 2).sum())
        name = f"channel {chosen.channel} of {found.layer}"
        wanted.append(("half_of_the_record", {"channel": name, "images": found.images, "reached": reached}))
    if found.field.status == "exact" and found.field.is_even:
        state = {"layer": found.layer, "size": found.field.rows.size, "step": found.field.rows.stride}
        wanted.append(("field_on_top", state))
    predict.ask(captions.TITLE, *wanted)


def boards(chosen: choose.ChosenPass, driving: Driving, *, key: str, yours: float | None) -> None:
    """The two boards, the image that a patch lies in, and the histogram."""
    places = figures.images(driving)
    pictures = [chosen.gallery.picture(place) for place in places]
    titles = [chosen.gallery.title(place) for place in places]
    unit_patches(*figures.packet(chosen.found, driving, pictures, titles, yours), key=key)


def yours(layer: Layer, channel: int) -> float | None:
    """The channel's highest cell on the person's own image; None where its layer counts its channels otherwise."""
    values = layer.values
    if values.ndim not in (1, 3) or channel >= len(values):
        return None
    return float(values[channel].max())


def table(found: Responses, channel: int) -> str:
    """One CSV line an image: the channel's highest and lowest cell, with their places."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["image", "highest", "row", "column", "lowest", "row", "column"])
    for image in range(found.images):
        high = divmod(int(found.high_at[image, channel]), found.cells[1])
        low = divmod(int(found.low_at[image, channel]), found.cells[1])
        writer.writerow([image, float(found.high[image, channel]), *high, float(found.low[image, channel]), *low])
    return target.getvalue()
