"""What an image is made for: the channel that was chosen, a class, or the way from one kind of images to another."""

from __future__ import annotations

import collections
import dataclasses
from dataclasses import dataclass

import streamlit as st

from cnnviz.topics.looks_for import captions, goals, made_captions, patches, responses
from cnnviz.topics.looks_for.ascent import AscentFrame
from cnnviz.topics.looks_for.goals import Goal
from cnnviz.topics.looks_for.records import Direction, Patch, Responses
from pages.shared import gallery_picker, named_choice
from pages.why.looks_for import cache, choose
from pages.why.looks_for.choose import ChosenPass

REAL = 9


@dataclass(frozen=True, eq=False)
class Aim:
    """key: plain values that say what it is, for caches. real: the images that lie nearest to it, the best first.

    direction: with the names of both ends, where it is one; ends: their classes.
    name: of the class that it is made for. cell: whether it is made for one cell of the channel.
    """

    chosen: ChosenPass
    goal: Goal
    key: tuple[str | int, ...]
    real: tuple[Patch, ...]
    direction: tuple[Direction, str, str] | None = None
    ends: tuple[int, int] | None = None
    name: str = ""
    cell: bool = False

    @property
    def title(self) -> str:
        """What stands over the real images."""
        return made_captions.REAL_ALONG if self.direction else captions.REAL_SAYS

    def says(self, frame: AscentFrame) -> str:
        """What stands under the made image."""
        found, chosen = self.chosen.found, self.chosen
        if self.direction is not None:
            way, start, end = self.direction
            return made_captions.along(frame.value, way, start, end, found.layer)
        if self.name:
            return made_captions.scored(frame.value, found, chosen.channel, self.name)
        if self.cell:
            return captions.climbed_cell(frame.value, found, chosen.channel)
        highest = responses.highest(chosen.here.network.model, frame.tensor, chosen.gallery.spec, found)
        return captions.climbed(frame.value, float(highest[chosen.channel]), found, chosen.channel)


def picked(chosen: ChosenPass, kind: str) -> Aim | None:
    """The aim of this kind; None, with the reason on the page, where it cannot be."""
    if kind == "direction":
        return _direction(chosen)
    name = ""
    if kind == "class":
        asked = _of_class(chosen)
        if asked is None:
            return None
        chosen, name = asked
    layer, channel = chosen.found.layer, chosen.channel
    real = patches.driving(chosen.found, chosen.gallery, channel).highest
    if kind == "cell":
        return Aim(chosen, goals.cell(layer, channel), ("cell", layer, channel), real, cell=True)
    return Aim(chosen, goals.unit(layer, channel), ("unit", layer, channel), real, name=name)


def _of_class(chosen: ChosenPass) -> tuple[ChosenPass, str] | None:
    """The class's score as a unit of the layer that the scores come from, asked of the same images, and its name; None
    where the person has stopped that."""
    here = chosen.here
    names = here.look.classes
    layer = responses.scores(cache.rows(here.choice), here.look.recording, len(names)) or chosen.found.layer
    asked = choose.through(here, chosen.gallery.name, chosen.count, layer, key="looks_for.scores")
    if asked is None:
        return None
    found = asked[1]
    best = int(here.look.recording.logits.argmax()) if len(names) == found.channels else 0
    titles = {index: names[index] if index < len(names) else str(index) for index in range(found.channels)}
    with st.columns([1, 2.5], gap="medium")[0]:
        index = _class(made_captions.CLASS, titles, "class", first=best)
    return dataclasses.replace(chosen, found=found, channel=index, layer=layer), titles[index]


def _direction(chosen: ChosenPass) -> Aim | None:
    gallery, found = chosen.gallery, chosen.found
    there = [label for label in range(len(gallery.classes)) if (gallery.labels == label).sum() > 1]
    if len(there) < 2:
        st.info(made_captions.SAME, icon=":material/info:")
        return None
    words = {label: gallery.classes[label] for label in there}
    columns = st.columns([1, 1, 1.5], gap="medium")[:2]
    ends = []
    for place, (column, (name, title)) in enumerate(zip(columns, made_captions.ENDS.items(), strict=True)):
        with column:
            ends.append(_class(title, words, name, first=there[place]))
    way = cache.direction(chosen.here.choice, gallery, found.layer, ends[0], ends[1]) if ends[0] != ends[1] else None
    if way is None:
        st.info(made_captions.SAME, icon=":material/info:")
        return None
    real = tuple(_whole(found, image, float(way.along[image])) for image in way.farthest(REAL))
    key: tuple[str | int, ...] = (
        "direction",
        found.layer,
        gallery.name,
        len(gallery),
        gallery_picker.version(gallery.name),
        *ends,
    )
    return Aim(
        chosen, goals.direction(found.layer, way.vector), key, real, (way, words[ends[0]], words[ends[1]]),
        (ends[0], ends[1]),
    )  # fmt: skip


def _class(title: str, words: dict[int, str], name: str, *, first: int) -> int:
    """One of these classes, which stands in the link by its name. words: class → what it is called."""
    often = collections.Counter(words.values())
    in_link = {str(one): said if often[said] == 1 else f"{said} ({one})" for one, said in words.items()}
    picked = named_choice.choice(
        st.selectbox, title, in_link, key=f"looks_for.{name}", first=str(first), what="class", in_link=in_link
    )
    return int(picked)


def _whole(found: Responses, image: int, value: float) -> Patch:
    return Patch(image, (0, 0), value, (0, 0, *found.size))
