"""Snippets of the page "What a unit looks for"; tests run them as they stand."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.predictions import prelude
from cnnviz.topics.looks_for.records import Cut


def real_images(choice: str, gallery: str, count: int, layer: str, channel: int) -> str:
    """The patches of one channel by the library."""
    return f"""from cnnviz import galleries, networks
from cnnviz.topics.looks_for import patches, responses

network = networks.open_network({choice!r})
gallery = galleries.of({gallery!r}, network.spec, {count})
found = responses.of(network.model, gallery, {layer!r})
for patch in patches.driving(found, gallery, {channel}).highest:
    print(gallery.title(patch.image), "cell", patch.cell, "box", patch.box, "value", patch.value)"""


def made_image(
    choice: str, layer: str, channel: int, steps: int, seed: int, *, images: tuple[str, int] = ("", 0),
    ends: tuple[int, int] | None = None, phases: bool = False, cell: bool = False,
) -> str:  # fmt: skip
    """An image made for a channel, for its middle cell, or along a direction (ends: two classes), by the library.

    images: name, count.
    """
    imports, gallery = "networks", ""
    if ends or phases:
        imports, gallery = "galleries, networks", f"gallery = galleries.of({images[0]!r}, network.spec, {images[1]})\n"
    goal = f"goal = goals.{'cell' if cell else 'unit'}({layer!r}, {channel})"
    if ends:
        goal = (
            f"way = goals.between(network.model, gallery, {layer!r}, {ends[0]}, {ends[1]})\n"
            f"goal = goals.direction({layer!r}, way.vector)"
        )
    free = "canvases.Phases(network.spec, canvases.strengths(gallery))" if phases else "canvases.Fourier(network.spec)"
    return f"""from cnnviz import {imports}
from cnnviz.topics.looks_for import canvases, goals, making

network = networks.open_network({choice!r})
{gallery}{goal}
canvas = {free}
for (frame,) in making.make(network.model, network.spec, goal, canvas, steps={steps}, seed={seed}):
    print("step", frame.step, "of", frame.steps, "now", round(frame.value, 4))
print(frame.picture.shape, "pixels, 0 to 255")"""


def from_yours(choice: str, source: str, fit: str, layer: str, kind: str, steps: int, seed: int) -> str:
    """An image made from one's own by the library. kind: "known" or "dream"."""
    goal = f"goals.known({layer!r}, making.values_of(network.model, x, {layer!r}))"
    canvas = "canvases.Fourier(network.spec)"
    if kind == "dream":
        goal = f"goals.dream({layer!r})"
        canvas = "canvases.Fourier(network.spec, making.levels(x, network.spec), rate=canvases.DREAMT)"
    return (
        prelude(choice, source, fit=fit)
        + f"""
from cnnviz.topics.looks_for import canvases, goals, making

goal = {goal}
canvas = {canvas}
for (frame,) in making.make(network.model, network.spec, goal, canvas, steps={steps}, seed={seed}):
    print("step", frame.step, "of", frame.steps, "now", round(frame.value, 4))"""
    )


def operated(choice: str, source: str, fit: str, cuts: Sequence[Cut], seen: str) -> str:
    """Channel surgery by the library."""
    listed = ", ".join(repr(one) for one in cuts)
    return (
        prelude(choice, source, fit=fit)
        + f"""
from cnnviz.topics.looks_for import surgery
from cnnviz.topics.looks_for.records import Cut

found = surgery.operate(network.model, x, [{listed}], [{seen!r}])
print("channels that change:", found.changed({seen!r}), "most:", found.most_changed({seen!r}, 6))
print("outputs:", found.outputs_before.ravel()[:5], "->", found.outputs_after.ravel()[:5])"""
    )
