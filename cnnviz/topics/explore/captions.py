"""What Explore says: whole sentences and lines of facts; names from outside are escaped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnnviz.figures.kinds import spoken
from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records import Field, Layer, Making
from cnnviz.records.fields import FLATTENED
from cnnviz.records.outputs import Box, OutputReading
from cnnviz.topics.explore.packets import MakingWords

TITLE = "cnnviz: see what a network sees"
PICTURES, DRAW, UPLOAD, CAMERA, INPUT = "Images", "Draw", "Upload", "Camera", "Input"
PICTURES_SAID = "A photo, a digit or a pattern: the network reads it at once."
DRAW_HELP = "Shows the sheet to draw on, or puts it away."
TRAINING_STEPS = "The same image through the same network, earlier in its training."
NOW_A_PHOTO, NOW_A_DIGIT = "Now a photo", "Back to a digit"
CROP = "The network sees what is in the frame. Drag it, or use the arrow keys."
FITTED_BY, STEP_BY_STEP = "Fitted by", "Step by step"
GRADIENT_OF = "Beside each map"
GRADIENT_HELP = (
    "How much the score would rise for a small rise of each cell: orange cells push it up, blue ones down. "
    "The gradient has a colour scale of its own."
)
BACK_TO = "What moves this unit: its gradient, back to"
BACK_TO_HELP = (
    "How much this cell would rise for a small rise of each value before it: orange cells push it up, blue ones down, "
    "and what has no colour does not matter to it."
)
BACK_TO_LAYER, CLOSE = "The layer", "Close"
LAYER_IN_NUMBERS = "This layer in numbers: zeros, range, how often each value occurs"
SIGMOID = "From logits to probabilities: the sigmoid of each label"
SAY_THE_OUTPUT = (
    "This is a guess. To say what the output is, start the app with --output classes, labels, numbers, map or boxes, "
    "or choose it on the page Your own model."
)
SOFTMAX = "From logits to probabilities: softmax, term by term"
BLANK_OUTSIDE = "Blank everything outside the box"
TAKE_AWAY = "Take it with you"
COMPARE, COMPARED_WITH = "Compare", "On the same canvas"
COMPARE_HELP = (
    "A second image, or the same network at another stage of its training. Both share the colours, so what is brighter "
    "is larger; A − B shows where they differ."
)
NOTHING_BESIDE = "Nothing"
IN_TRAINING = "This network in training mode"
UNTRAINED = "This network with random weights"
MOSAIC, AS_SEEN, LAYER, ALL_LAYERS = "Mosaic, PNG", "As seen, PNG", "Layer, NPZ", "All layers, CSV"
LINK_WITH_SAMPLE = "The address bar holds this view: network, sample, layer, channel and cell."
LINK_WITHOUT_IMAGE = (
    "The address bar holds this view: network, layer, channel and cell. An image of your own is not in it."
)


def introduction(*, draws: bool) -> str:
    """The promise beside the title. draws: whether the network at hand reads what is drawn."""
    first = "Draw a digit" if draws else "Choose an image"
    return f"{first}, then click: any tile opens its layer, any cell shows how its value comes about."


def recorded(network: str, shape: Sequence[int], image: str, *, answer: str) -> str:
    """What went in and what came out. network: title and weights; shape: of the input; image: its title."""
    return f"{escaped(network)} · input `{list(shape)}` · {escaped(image)} → **{answer}**"


def answer(reading: OutputReading) -> str:
    """What the network says, in a few words, as Markdown."""
    if reading.ranks:
        top = reading.scores[0]
        return f"{escaped(top.label)} {percent(top.probability)}"
    if reading.kind == "numbers":
        return escaped(
            ", ".join(
                f"{name} {number(float(value))}"
                for name, value in zip(reading.names[:3], reading.values[:3], strict=True)
            )
        )
    if reading.kind == "boxes":
        return "1 box" if len(reading.boxes) == 1 else f"{len(reading.boxes):,} boxes"
    if reading.kind == "map":
        channels, rows, columns = reading.values.shape
        return f"a map of {channels:,} {'class' if channels == 1 else 'classes'}, {rows} × {columns}"
    return "an output that is not read"


MAP = "Each cell in the colour of its likeliest class, over what the network saw"


def boxes(found: Sequence[Box]) -> str:
    """Under the drawn boxes."""
    if not found:
        return "The network found no box in this image"
    return f"The surest of {len(found):,} boxes, on what the network saw"


def short_answer(reading: OutputReading, *, doubted: bool) -> str:
    """The same on a button: the likeliest class in percent. doubted: whether none of the classes convinces."""
    if not reading.ranks:
        return answer(reading)
    top = reading.scores[0]
    return f"**{escaped(top.label)}** {percent(top.probability)}{' ?' if doubted else ''}"


def gradient_of(name: str | None) -> str:
    """A line of the list. name: of the score; None for no gradient."""
    return "Beside each map: nothing" if name is None else f"Beside each map: the gradient of {name}"


ALONE = {
    "how": (
        "Point at a tile to read it. Click it to open its layer. "
        "Click a map there to see why its strongest cell has its value."
    ),
    "close": "Close (Esc)",
    "to_layer": "The layer (Esc)",
    "strongest": "The strongest cell of this channel",
    "left_out": "this layer is not in the file, which would be too large with it.",
}
ALONE_HTML = "Canvas that needs no server, HTML"


_CELLWISE = {
    "activation": ("Every cell by itself: {operation} of the same cell before it.", "f"),
    "normalization": (
        "Every cell by itself: the mean is subtracted, the rest divided by the deviation, then scaled and shifted.",
        "norm",
    ),
    "addition": ("Cell by cell the maps are added.", "+"),
    "multiplication": ("Cell by cell the maps are multiplied.", "×"),
    "pooling": ("The window jumps over the map; at each stop its cells become one: {operation}.", "pool"),
}


def making(made: Making) -> MakingWords:
    """How a map comes about, in a title and a sentence; the words over the columns of the drawing."""
    title = f"How map {made.channel} of {made.key} comes about"
    if made.how != "convolution":
        says, sign = _CELLWISE.get(made.how, ("Every cell by itself: {operation}.", "="))
        return {
            "title": title, "says": says.format(operation=made.operation), "heads": ["reads", "map"], "sign": sign,
            "others": "",
        }  # fmt: skip
    count = len(made.ingredients) + made.others
    if count == 1:
        says = (
            "The kernel slides over the map: at each stop every cell is multiplied by its weight, and their sum is one "
            "new cell."
        )
    else:
        says = (
            f"Each of the {count:,} maps has a kernel of its own. It slides over the map and gives a product; "
            "all products and the bias, added cell by cell, are the new map."
        )
    others = f"{made.others:,} more, added up" if made.others else ""
    return {
        "title": title, "says": says, "heads": ["reads", "kernel", "product", "sum", "map"], "sign": "Σ",
        "others": others,
    }  # fmt: skip


def plain_layer(layer: Layer) -> str:
    """Name, kind, operation and shape in one line, as plain text."""
    return f"{layer.key} · {spoken(layer.kind)} · {layer.operation} · {list(layer.shape)}"


def answer_plainly(reading: OutputReading) -> str:
    """What the network says, in a few words, as plain text."""
    if reading.ranks:
        return f"{reading.scores[0].label} {percent(reading.scores[0].probability)}"
    return answer(reading)


def training_step(choice: str, places: Mapping[int, str]) -> str:
    """Which snapshot of a run is shown. choice: of the run, "…@<step>" for a snapshot. places: step → words."""
    step = choice.rpartition("@")[2]
    return f"Step {places.get(int(step), step)}" if "@" in choice and step.isdigit() else "Training"


def seconds(layers: int, seconds: float) -> str:
    """How many layers were recorded, and how long it took."""
    return f"{layers} layers recorded in {seconds * 1000:,.0f} ms"


def network(title: str, weights: str) -> str:
    """A network and where its weights come from, whose label may begin with the title itself."""
    return weights if weights.startswith(title) else f"{title} · {weights}"


def of_the_pass(note: str, *, known: Sequence[str] = ()) -> str:
    """Under the answer, of what one should know of the pass; "" where nothing is left to say.

    note: the recording's, about "it", without a full stop. known: the notes that stand there already, of which one may
    say that the network is compiled.
    """
    compiled = any("compiled" in one for one in known)
    left = [part for part in note.split("; ") if part and not (compiled and "is compiled" in part)]
    return f":material/info: About this network: {escaped('; '.join(left))}." if left else ""


def doubt(note: str) -> str:
    """Beside scores of which none is convincing. note: the sentence on them."""
    return f":material/info: {escaped(note)}"


def layer(layer: Layer, field: Field | None) -> str:
    """Name · kind · operation · shape · what a cell sees, in one line."""
    facts = f"**{escaped(layer.key)}** · {spoken(layer.kind)} · {escaped(layer.operation)} · `{list(layer.shape)}`"
    return facts if field is None else f"{facts} · {sees(field)}"


def sees(field: Field) -> str:
    """How much of the input a cell sees."""
    if field.status == "whole" and field.note == FLATTENED:
        return "its cells together see the whole input"
    if field.status == "whole":
        return "a cell sees the whole input"
    if field.status != "exact":
        return f"what a cell sees is not known: {escaped(field.note)}"
    size = f"{field.rows.size} × {field.columns.size}"
    if field.is_even:
        apart = "1 pixel" if field.stride == 1 else f"{field.stride} pixels"
        return f"a cell sees {size} input pixels, and cells are {apart} apart"
    return f"a cell sees at most {size} input pixels"


def statistics(layer: Layer, *, dead: int, channels: int, saturated: float) -> list[tuple[str, str]]:
    """The lines of the layer's table. dead: channels that are zero everywhere; saturated: share of the cells."""
    return [
        ("zeros", f"{100 * float((layer.values == 0).mean()):.1f} %"),
        ("dead channels", f"{dead} of {channels}"),
        ("saturated", f"{100 * saturated:.1f} %"),
        ("smallest", _four_digits(float(layer.values.min()))),
        ("largest", _four_digits(float(layer.values.max()))),
        ("mean", _four_digits(float(layer.values.mean()))),
    ]


def _four_digits(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def blanked(before: float, outside: float, inside: float, *, holds: bool) -> str:
    """What blanking the pixels outside and inside the box does to the value. holds: outside it changes nothing."""
    values = (
        f"value {_six_digits(before)} → outside blanked **{_six_digits(outside)}** (difference "
        f"{number(abs(outside - before))}) → inside blanked {_six_digits(inside)}"
    )
    return f":material/check_circle: {values}" if holds else f":material/error: {values}"


def _six_digits(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def at_step(words: str) -> str:
    """A snapshot of the network at hand as what it is compared with. words: its step, or "the end"."""
    return f"This network at {words}" if words == "the end" else f"This network after step {words}"


def picture_beside(title: str) -> str:
    """A sample as what is compared with."""
    return f"The image: {title}"


def cannot_compare(reason: str) -> str:
    """Why two do not share the canvas. reason: escaped already."""
    return f"These two do not go on one canvas: {reason.rstrip('.')}."


ONE_MODE = (
    "this network has no dropout and no BatchNorm that behaves differently in training, so both modes give the same "
    "numbers"
)


def two(names: tuple[str, str], answers: tuple[str, str], *, apart: float, same: bool) -> str:
    """Under a canvas of two. names, answers: of A and of B. apart: the distance of the outputs, 0 to 1.

    same: whether the two agree in every layer.
    """
    said = f"**A** {escaped(names[0])} → {answers[0]} · **B** {escaped(names[1])} → {answers[1]}."
    if same:
        return f"{said} The same numbers in every layer: A − B is zero everywhere."
    return (
        f"{said} The number under each column says how far apart A and B are there: “same” where every number is the "
        "same, 100 % where one is the other's opposite (the size of the difference, divided by the two sizes "
        f"together). At the output: {percent(apart)}. A and B share one colour scale; A − B has a scale of its own, "
        "written as ± under each block: full orange means that A is larger by that number."
    )


def side_shown(name: str) -> str:
    """Above a layer of B or of the difference: what is read here."""
    return f"Of {escaped(name)}"


DIFFERENCE = "A − B: orange where A is larger, blue where B is"


def back_to(key: str) -> str:
    """A line of the list of what lies before a unit. key: of a layer, "" for none."""
    return {"": "nothing chosen", "input": "the pixels of the image"}.get(key, key)


def unit_name(key: str, place: Sequence[int]) -> str:
    """A unit in a few words: its layer, and its place in it."""
    return f"{key} ({', '.join(map(str, place))})"


def moved_by(shares: Sequence[tuple[int, float]], *, is_input: bool) -> str:
    """Which maps matter most to a unit. shares: (channel, part of the squared gradient), the largest first."""
    if not shares:
        return "Nothing there moves this unit: its gradient is zero everywhere."
    word = "channel" if is_input else "map"
    told = ", ".join(f"{word} {channel} ({percent(share)})" for channel, share in shares[:3])
    meaning = "Orange: a little more there, and this unit rises. Blue: it falls."
    return meaning if len(shares) == 1 and is_input else f"{meaning} It follows {told} most, by the squared gradient."


def slide(network: str, reading: OutputReading) -> str:
    """Under an image that leaves the app: which network with which weights, and what it says, as plain text."""
    return f"{network} · it says: {answer_plainly(reading)} · made with cnnviz"
