"""The canvas as one HTML file that needs no server: the components' own scripts, with their answers as data."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnnviz import units
from cnnviz.figures import maps, pictures
from cnnviz.networks import Network
from cnnviz.records import Field, Layer
from cnnviz.topics.explore import captions, component_captions, figures
from cnnviz.topics.explore.canvas import HIDDEN, Canvas
from cnnviz.topics.explore.way_captions import WAY
from pages.look.explore.components import network_canvas, unit_card
from pages.shared.cache import Look
from pages.shared.components import captions as shared_captions
from pages.shared.components import mosaic, own, pack, source
from pages.shared.components.modules import joined

HERE = Path(__file__).parent
EXACT_BYTES = 4_000_000  # of all layers together: so small, and every number of every layer is in the file
LAYER_BYTES = 9_000_000  # of a larger network's layers, as they are drawn; what goes beyond is left out
MOST_CARDS = 240
ALONE = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"  # nothing outside
)


def page(opened: Network, seen: Look, drawn: Canvas, fields: dict[str, Field]) -> str:
    """The whole file. What a click on a tile answers: the layer; on a map: the strongest cell of its channel."""
    layers = {layer.key: layer for layer in _faces_first(seen, drawn)}
    exact = sum(layer.values.nbytes for layer in layers.values()) <= EXACT_BYTES
    head = _header(layout=drawn.layout, rest="", way=WAY, shown={"selected": {}, "pushed": 0})
    packets = {
        "canvas": _coded(pack(head, atlas=drawn.atlas, folded=drawn.folded)),
        "layers": dict(_layers(layers, seen, fields, exact=exact)),
        "captions": {key: captions.plain_layer(layer) for key, layer in layers.items()},
    }
    cards = dict(_cards(opened, seen, drawn, layers, fields))
    luts = next(iter(cards.values()))["luts"] if cards else {}
    data = {
        "components": {},
        "packets": packets,
        "cards": {
            place: {name: part for name, part in card.items() if name != "luts"} for place, card in cards.items()
        },
        "shared": {"luts": luts, "picture": _coded(pictures.png(seen.picture))},
        "words": captions.ALONE,
    }
    return _written(opened.spec.title, captions.answer_plainly(seen.reading), data)


def _faces_first(seen: Look, drawn: Canvas) -> list[Layer]:
    faces = {group["face"] for group in drawn.layout["groups"]}
    shown = [layer for layer in seen.recording if layer.kind not in HIDDEN and layer.values.size]
    return sorted(shown, key=lambda layer: layer.key not in faces)


def _header(**content: Any) -> dict[str, Any]:
    return {"key": "alone", "selected": {}, "pushed": 0, **content}


def _layers(
    layers: dict[str, Layer], seen: Look, fields: dict[str, Field], *, exact: bool
) -> Iterator[tuple[str, str]]:
    left = LAYER_BYTES
    for key, layer in layers.items():
        data = maps.mosaic_data(
            layer, network_limit=seen.limit, field=fields.get(key), picture=seen.picture, exact=exact
        )
        meta: dict[str, Any] = {**data["meta"]}
        meta.pop("selected")
        packet = pack(
            _header(meta=meta, whole="", slopes=""), values=data["values"], gradient=b"", picture=data["picture"]
        )
        left -= len(packet)
        if left < 0:
            return
        yield key, _coded(packet)


def _cards(
    opened: Network, seen: Look, drawn: Canvas, layers: dict[str, Layer], fields: dict[str, Field]
) -> Iterator[tuple[str, Any]]:
    """(layer/channel, card) of the strongest cell of each channel that the canvas shows, as many as fit."""
    left = MOST_CARDS
    shown = {entry["key"]: entry["channels"] for entry in drawn.layout["layers"]}
    for key, layer in sorted(layers.items(), key=lambda item: item[1].values.ndim != 3):  # maps before vectors
        if layer.kind == "input":
            continue
        chosen = shown[key]
        for channel in range(len(layer.values)) if chosen is None else chosen:
            if not left:
                return
            left -= 1
            _, row, column = figures.strongest(layer.values[channel : channel + 1])
            unit = units.explain(
                opened.model, seen.prepared.tensor, seen.recording, key, channel, row, column, fields=fields
            )
            yield f"{key}/{channel}", figures.card(unit, picture_shape=opened.spec.input_shape[1:])


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _written(title: str, answer: str, data: dict[str, Any]) -> str:
    parts = {
        "network_canvas": source(network_canvas.__file__, words=component_captions.NETWORK_CANVAS),
        "mosaic": source(mosaic.__file__, words=shared_captions.MOSAIC),
        "unit_card": own(unit_card.__file__, words=component_captions.UNIT_CARD),
    }
    looks = "".join(
        f'<template id="look-{name}"><style>{part["css"]}</style>{part["html"]}</template>'
        for name, part in parts.items()
    )
    scripts = "".join(_component(name, part["js"]) for name, part in parts.items())
    given = f"<script>window.cnnviz = {_in_script(json.dumps(data, separators=(',', ':'), allow_nan=False))};</script>"
    words = {name: html.escape(text) for name, text in captions.ALONE.items()}
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{ALONE}">
<title>{html.escape(title)}</title>
<style>{(HERE / "alone.css").read_text("utf-8")}</style>
</head>
<body>
<h1>{html.escape(title)}</h1>
<p>{html.escape(answer)} · {words["how"]}</p>
<main>
<div id="net"></div>
<section id="beside" hidden>
<header><span id="title" role="status"></span><button type="button" id="back" hidden></button></header>
<div id="layer"></div><div id="unit"></div></section>
</main>
{looks}
{given}
{scripts}
{_component("alone", joined(HERE / "main.js"))}{_script("window.cnnviz.components.alone(window.cnnviz);")}
</body>
</html>
"""


def _component(name: str, text: str) -> str:
    return _script(text.replace("export default", f"window.cnnviz.components.{name} ="))


def _script(text: str) -> str:
    return f'<script type="module">{_in_script(text)}</script>\n'


def _in_script(text: str) -> str:
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
