"""What the page on architectures says: whole sentences in Markdown, every number from a record."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records import Row
from cnnviz.records.architectures import Architecture, LayerTimes
from cnnviz.topics.architectures.cost_breakdown_figures import half_of
from cnnviz.topics.architectures.field_growth_figures import steps
from cnnviz.topics.architectures.tables import block_counts, is_seen_late, layer_counts, shape, size

TITLE = "What is this network made of?"
INTRODUCTION = (
    "A network is a list of operations. Each has a shape, parameters, work to do, and a part of the image that it "
    "sees. Choose any network: where do its parameters and its work lie, and how much of the image does it see?"
)
SAID = {
    "card": ("**The network on one card.** What it costs, who came before and after it, and every operation in order."),
    "xray": "**Where the parameters and the work lie.** A bar is a block; click a block to see its layers.",
    "graph": "**How the operations are wired.** Click a block to open it; a colour is a kind of operation.",
    "field": "**How far one cell sees.** Drag the depth and watch the box grow over the image.",
    "paper": (
        "**What was published, and what is built here.** Counts from the paper and from torchvision stand beside ours."
    ),
}  # what each part shows: its title and a sentence
CARD, XRAY, GRAPH, FIELD, PAPER = (
    "Card and layers",
    "X-ray",
    "Graph",
    "Receptive field",
    "Paper against implementation",
)

# The network and its input
OPEN_IN_EXPLORE = "Open it in Explore"
INPUT_SIZE = "Input size"
FIXED_SIZE = "Pixels per side. This network keeps the size that its weights are made for."
FREE_SIZE = "Pixels per side. Empty: the size that the network is made for."

# Card and layers
EVERY_OPERATION = "Every operation"
BEFORE, AFTER = "Before", "After"
LAYER_CSV = "Layer table, CSV"

# X-ray
ONE_SCALE_EACH = (
    "Each column has its own scale, from zero to its largest block. A block is everything inside one module that has a "
    "forward method of its own, or a layer with what follows it. Activations are the outputs of all operations for one "
    "image."
)
MEASURE, BUILDING, MEASURING = "Measure the milliseconds on this machine", "Building the network …", "Measuring …"

# Receptive field
NO_FIELD = "No operation of this network has rows and columns, so there is no receptive field to draw."
HOW_TO_LOOK = (
    "Drag the depth, or point at the curve; click the image to look from another place. The solid line is the part of "
    "the box that lies on the image, the dashed line the whole box. A box shows what can matter; the page Receptive "
    "field measures how much of it does."
)

# Paper against implementation
NO_DIFFERENCE = "No difference between this network and its paper is noted here."
NOTHING_PRINTED = "No numbers from a paper or from torchvision are noted for this network."
UNITS = (
    "M and G stand for a million and a thousand million, as the papers print them. Where a count differs, the boxes "
    "below say why, as far as it is known: papers seldom say whether biases and normalisation count."
)


# ------------------------------------------------------------------------------------------- the network and its input
def cannot_open(reason: str) -> str:
    """reason: escaped, without a full stop."""
    return f"This network cannot be opened: {reason}. Choose another."


def own_size(reason: str, own: Sequence[int]) -> str:
    """A size that does not work. reason: escaped, without a full stop; own: the network's input shape."""
    return f"{reason}. Shown is its own size, {own[1]} × {own[2]}."


def placeholder(side: int) -> str:
    """In the empty field of the size."""
    return f"{side}, its own"


# ----------------------------------------------------------------------------------------------------------- the card
def heading(title: str, year: int | None) -> str:
    """The network's name and year."""
    return f"{escaped(title)}, {year}" if year else escaped(title)


def note(text: str) -> str:
    """What is to be known of a network. text: with its full stop or without."""
    return f":material/info: {escaped(text[0].upper() + text[1:].rstrip('.'))}."


def change(title: str, changed: str) -> str:
    """What a network did differently from those before it."""
    return f"**{title}, against what came before:** {changed}"


def totals(network: Architecture, *, complete: bool = True) -> str:
    """The card's list. complete: whether what training keeps has been counted yet."""
    kept = "…" if not complete else "not known" if network.kept_bytes is None else size(network.kept_bytes)
    lines = [
        f"**{network.parameters:,}** parameters",
        f"**{network.macs:,}** multiply-adds for one image",
        f"**{layer_counts(network)}** with weights, {network.depth:,} on the longest path",
        f"**{size(network.activation_bytes)}** of activations: the outputs of all operations for one image",
        f"**{kept}** kept by training for the backward pass of one image",
        f"**{size(network.weight_bytes)}** as a file: weights and statistics in float32",
        _widest(network),
    ]
    if parts := block_counts(network):
        lines.append(f"**{parts}** in the order in which they run")
    lines += [
        f"**{head.parameters:,}** of the parameters are in the auxiliary classifier `{head.name}`, which runs in "
        f"training only, takes {head.macs:,} multiply-adds and reads `{head.reads}`"
        for head in network.heads
    ]
    if network.unread:
        lines.append(
            f"**{network.unread:,}** of the parameters are in no operation below: in layers that this pass leaves out, "
            "or that run in threads of their own, whose work is not counted here"
        )
    return "\n".join([f"For images of {shape(network.input_shape)}:", "", *(f"- {line}" for line in lines)])


def _widest(network: Architecture) -> str:
    row, whole = network.widest, network.whole_from
    if "convolution" not in network.layers:
        return "There is no convolution whose **receptive field** could stand here"
    if row is None:
        return (
            "The receptive field of its convolutions is **the whole image**"
            if whole
            else "The receptive field of its convolutions is **not known**"
        )
    widest = f"**{row.receptive_field.size:,} pixels** is the widest receptive field of a convolution (`{row.name}`)"
    if whole is not None and is_seen_late(network, whole):
        return f"{widest}; from `{whole.name}` on the whole image is seen"
    return widest


def table(network: Architecture) -> str:
    """One dense line over the table of layers."""
    blocks = "block" if len(network.blocks) == 1 else "blocks"
    return (
        f"{escaped(network.spec.title)} · input {shape(network.input_shape)} · {len(network.rows):,} operations in "
        f"{len(network.blocks):,} {blocks} · counted in {network.seconds * 1000:,.0f} ms, without weights · click a "
        "heading to sort"
    )


# -------------------------------------------------------------------------------------------------------------- X-ray
def costs(network: Architecture) -> tuple[str, ...]:
    """Where most of each quantity lies, the most telling sentence first."""
    halves = tuple(_half(network, index) for index in range(3))
    return (linear(network), *halves, *_kept(network), *_heads(network))


def linear(network: Architecture) -> str:
    """What the linear layers hold and do."""
    rows = [row for row in network.rows if row.kind == "linear"]
    if not rows or not network.parameters or not network.macs:
        return "No linear layer: all parameters are in convolutions and normalisation."
    held, work = sum(row.parameters for row in rows), percent(sum(row.macs for row in rows) / network.macs)
    share, of = percent(held / network.parameters), f"{held:,} of {network.parameters:,}"
    if len(rows) == 1:
        return f"The linear layer holds **{share}** of the parameters ({of}) and does {work} of the multiply-adds."
    first = max(rows, key=lambda row: row.parameters)
    return (
        f"The {len(rows)} linear layers hold **{share}** of the parameters ({of}), `{first.name}` alone "
        f"{percent(first.parameters / network.parameters)}, and do {work} of the multiply-adds."
    )


def _half(network: Architecture, index: int) -> str:
    name, blocks, share = half_of(network, index)
    if not blocks:
        return f"{name}: none."
    if len(blocks) == 1:
        return f"{name}: 1 of {len(network.blocks)} blocks holds {percent(share)} (`{blocks[0]}`)."
    return f"{name}: {len(blocks)} of {len(network.blocks)} blocks hold {percent(share)} ({_places(blocks)})."


def _places(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown


def _kept(network: Architecture) -> tuple[str, ...]:
    """What training keeps, beside what the weights take."""
    if not network.kept_bytes or not network.weight_bytes:
        return ()
    ratio = network.weight_bytes / network.kept_bytes
    if ratio >= 1:
        return (
            f"Memory: the weights take {number(ratio)} times as much as what training keeps of one image for the "
            "backward pass.",
        )
    return (
        f"Memory: of one image, training keeps {number(1 / ratio)} times as much for the backward pass as the weights "
        "take.",
    )


def _heads(network: Architecture) -> tuple[str, ...]:
    """The heads, which are in no row: nothing asks them in eval mode."""
    held = sum(head.parameters for head in network.heads)
    if not held:
        return ()
    share, names = percent(held / network.parameters), " and ".join(f"`{head.name}`" for head in network.heads)
    if len(network.heads) == 1:
        return (
            f"Not shown: the auxiliary classifier {names} with {held:,} parameters ({share}) runs in training only.",
        )
    return (f"Not shown: the auxiliary classifiers {names} with {held:,} parameters ({share}) run in training only.",)


def times(network: Architecture, times: LayerTimes) -> str:
    """Which operation takes longest, for how much of the work."""
    slowest = max(range(len(network.rows)), key=lambda place: times.medians[place])
    row, share = network.rows[slowest], times.medians[slowest] / max(times.summed, 1e-12)
    work = row.macs / network.macs if network.macs else 0.0
    return (
        f"`{row.name}` is the slowest: {number(times.medians[slowest])} ms, {percent(share)} of the time for "
        f"{percent(work)} of the multiply-adds. The whole forward pass takes {number(times.whole)} ms, the operations "
        f"one by one {number(times.summed)} ms."
    )


def measured(times: LayerTimes) -> str:
    """How it was measured."""
    threads = "1 thread" if times.threads == 1 else f"{times.threads} threads"
    return (
        f"Median of n = {times.runs} passes of one image, after one that does not count · {times.device}, {threads} · "
        f"float32, random weights · measured in {times.seconds:.1f} s, with whatever else this machine was doing"
    )


def not_measured(reason: str) -> str:
    """reason: an error's first line."""
    return f"It could not be measured: {escaped(reason, longest=200)}."


# ---------------------------------------------------------------------------------------------------- receptive field
def field(network: Architecture) -> str:
    """How far the field grows, when it first covers the image, and which operations make it see everything."""
    exact = [row for row in steps(network) if row.receptive_field.status == "exact" and row.kind != "input"]
    if not exact:
        return "No operation of this network sees a box of known size."
    side = max(network.input_shape[1:])
    covering = next((row for row in exact if row.receptive_field.size >= side), None)
    said = [_growth(exact)]
    if covering is None:
        said.append(f"No box is as wide as the image ({side} pixels).")
    else:
        said.append(f"From `{covering.name}` on it is at least as wide as the image ({side} pixels).")
    whole = network.whole_from
    if whole is not None and whole.receptive_field.note:
        said.append(f"From `{whole.name}` on everything is seen: {whole.receptive_field.note}.")
    return " ".join(said)


def _growth(exact: Sequence[Row]) -> str:
    widest = max(exact, key=lambda row: row.receptive_field.size)
    first = next((row for row in exact if row.receptive_field.size > 1), exact[0])
    grows = (
        f"The receptive field grows from {first.receptive_field.size} pixels (`{first.name}`) to "
        f"**{widest.receptive_field.size:,}** (`{widest.name}`)"
    )
    if widest.receptive_field.is_even:
        return f"{grows}, where the next cell sees a box {widest.receptive_field.stride} pixels further on."
    return f"{grows}."


# ---------------------------------------------------------------------------------------- paper against implementation
def counted_at(own: Sequence[int]) -> str:
    """Over the table, where another size is chosen. own: the network's input shape."""
    return f"Counted at the network's own size, {own[1]} × {own[2]}."


def papers_number(note: str) -> str:
    """What is to be known of a printed number. note: without a full stop."""
    return f"The paper's number: {note}."


def difference(paper: str, built: str) -> str:
    """One difference: both sides, each a sentence."""
    return f"- In the paper: {paper}\n- As it is built: {built}"
