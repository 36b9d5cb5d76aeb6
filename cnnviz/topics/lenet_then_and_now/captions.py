"""What the page on LeNet then and now says: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Mapping

from cnnviz.figures.numbers import number
from cnnviz.records import Array
from cnnviz.records.experiments import Published, Results
from cnnviz.topics.lenet_then_and_now.records import FirstMaps, Lenets

TITLE = "What did ReLU and max pooling change in LeNet-5?"
INTRODUCTION = (
    "The network of 1998 used a sigmoid-shaped activation and averaged over four cells. Today it is built with ReLU "
    "and takes the largest of the four. Here each change is made by itself and trained in the same way, with the "
    "paper's own network beside them."
)
SAID = {
    "The experiment": INTRODUCTION,
    "The paper's network": (
        "**The network of the paper, beside today's.** It had fewer connections and another last layer: see "
        "what stands where, and how many parameters it has."
    ),
    "On your image": ("**Both choices on your image.** Swap activation and pooling, and look at the first maps."),
}  # what each part shows: its title and a sentence
AGAIN = "Run it again here"
CHANGES = "**What each change brings, in points of accuracy**"
CONNECTIONS = "**Which maps of S2 (rows) each map of C3 (columns) reads**"
CONNECTIONS_SOURCE = "This is table I of the paper. Today every map reads all six."
TARGETS = "**What the 84 units of F6 are compared with**"
TARGETS_SOURCE = (
    "An output is minus the squared distance of F6 to one of these 7×12 images, so a network that is sure draws the "
    "digit. They were drawn for this project; the paper shows its own in figure 3."
)
BOTH_CSV, CONNECTIONS_PNG, POOLED_PNG = "Both networks (CSV)", "Connections (PNG)", "The maps after pooling (PNG)"
ACTIVATION, POOLING = "Activation", "Pooling"
SAME_WEIGHTS = (
    "These are the six maps of the first convolution in the shipped LeNet-5. Its weights were trained with ReLU and "
    "max pooling. Another choice shows what that choice does to the same numbers, not what a network trained with it "
    "would see."
)


# ---------------------------------------------------------------------------------------------------- the experiment
def published(published: Mapping[str, Published]) -> str:
    """What the stars are, a sentence each; nothing without any."""
    return " ".join(
        f"The star at “{label}” is a published result: {one.accuracy * 100:.2f} % ({one.source})."
        for label, one in published.items()
    )


def changes(found: Results, *, batch_size: int, momentum: float, cut: str) -> str:
    """Under the table of changes: how to read it, and how the networks were trained. cut: the experiment's sentence."""
    return (
        "Differences are taken seed by seed; mean ± its 95 % interval. A difference is clear when this interval does "
        f"not contain zero. {training(found, batch_size=batch_size, momentum=momentum)} {cut}"
    )


def training(found: Results, *, batch_size: int, momentum: float) -> str:
    """How the networks were trained, and which of them had a learning rate of their own."""
    rates = [one.cell.config.lr for one in found.cells]
    usual = max(set(rates), key=rates.count)
    others = [f"“{one.cell.label}” ({one.cell.config.lr:g})" for one in found.cells if one.cell.config.lr != usual]
    if not others:
        return (
            f"All networks train on batches of {batch_size} by SGD with momentum {momentum:g} and learning rate "
            f"{usual:g}."
        )
    return (
        f"The networks train on batches of {batch_size} by SGD with momentum {momentum:g} and learning rate {usual:g}. "
        f"Another learning rate was used for {', '.join(others)}."
    )


def lines(provenance: str) -> str:
    """Under the curves. provenance: the sentence that says what was trained where."""
    return f"Networks with average pooling are dashed, the paper's network is dotted. {provenance}"


# ------------------------------------------------------------------------------------------------- the paper's network
def networks(found: Lenets) -> str:
    """How many parameters and MACs both networks have, and where they differ."""
    kernels, all_kernels = int(found.connections.sum()), found.connections.size
    fewer = {one.then: one.now_parameters - one.then_parameters for one in found.stages}
    return (
        f"{_parameters(found)} Where they differ:\n\n"
        f"* **C3** joins only {kernels} of {all_kernels} pairs of maps in the paper: {fewer['C3']:,} parameters fewer "
        "than today.\n"
        f"* **Pooling** has {-fewer['S2'] - fewer['S4']} parameters in the paper, and none today.\n"
        f"* **The output layer** has none to train in the paper, and {fewer['output']:,} today.\n\n"
        f"One image costs {found.then_macs:,} multiply-adds in the paper's convolutions and linear layers, and "
        f"{found.now_macs:,} today."
    )


def _parameters(found: Lenets) -> str:
    then, now = found.then_parameters, found.now_parameters
    if then == found.published:
        return f"The paper's network has {then:,} trainable parameters, as the paper says; today's has {now:,}."
    return (
        f"The paper's network has {then:,} trainable parameters, where the paper says {found.published:,}; today's "
        f"has {now:,}."
    )


# ---------------------------------------------------------------------------------------------------- on an image
def chosen(found: FirstMaps) -> str:
    """Over the maps of the visitor's choice."""
    return f"**{found.activation}, {found.pooling} pooling** (your choice)"


def today(found: FirstMaps) -> str:
    """Over the maps of the network as it was trained."""
    return f"**{found.activation}, {found.pooling} pooling** (today's, as it was trained)"


def after(values: Array, step: str) -> str:
    """Under six maps, with what their colours mean. step: what was done last."""
    low, high = min(0.0, float(values.min())), float(values.max())
    if low < 0:
        return f"After {step}, all on one scale: blue below zero, orange above, to ±{number(max(high, -low))}."
    return f"After {step}, all on one scale from 0 to {number(high)}: the stronger the colour, the larger the value."


def maps(found: FirstMaps) -> str:
    """What the choice does to the range, and how much of a gradient it passes on."""
    low, high = float(found.before.min()), float(found.before.max())
    return (
        f"The outputs of the first convolution lie between {number(low)} and {number(high)}. After {found.activation} "
        f"they lie between {number(float(found.active.min()))} and {number(float(found.active.max()))}, after "
        f"{found.pooling} pooling between {number(float(found.pooled.min()))} and {number(float(found.pooled.max()))}. "
        f"The slope of {found.activation}, averaged over these {found.before.size:,} cells, is {number(found.slope)}: "
        "this is the share of a gradient that it passes back."
    )
