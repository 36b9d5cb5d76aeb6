"""What the page on gradients and depth says: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent, power
from cnnviz.plain_text import escaped
from cnnviz.topics.gradients.figures import per_layer
from cnnviz.topics.gradients.records import Depth, NetworkDepth

KEPT = 1e3  # a gradient that changes by less than this factor, up or down, is said to reach the first layer

TITLE = "How much of the gradient reaches the first layer?"
INTRODUCTION = (
    "In the backward pass the gradient is multiplied by every layer's weights and by the slope of every activation. "
    "Choose a stack of layers: one real batch runs forward, its gradient runs backward, and every layer is measured."
)
SAID = {
    "At the start": INTRODUCTION,
    "While it trains": (
        "**The same stack, while it trains.** Do the first layers catch up, or do they stay behind? Move the "
        "slider under the curves through the steps."
    ),
    "In a trained network": (
        "**The same in a trained network.** The gradient of its likeliest class goes back through every layer, "
        "from your image."
    ),
}  # what each part shows: its title and a sentence
SKIPS = "Output h + φ(W h) from the second layer on"
READING = "Reading the images …"
MEASURING = "Forward and backward pass through the stack …"
TRAINING = "Training the stack …"
NETWORK = "Backward pass through the network …"
NOT_IN_NUMBERS = "These layers are marked at the top of the plot."


# ------------------------------------------------------------------------------------------------ a stack of layers
def verdict(found: Depth) -> str:
    """Whether the gradient vanishes, explodes or reaches the first layer, in Markdown."""
    norms = found.middle("weight_gradients")[:-1]
    if not np.isfinite(norms).all():
        return not_finite(int((~np.isfinite(norms)).sum()), len(norms))
    if not np.isfinite(found.losses).all():
        return f"**Too large for a number:** the loss is not finite. {NOT_IN_NUMBERS}"
    if not norms[0]:
        return exactly_zero(int((norms == 0).sum()), len(norms))
    factor = per_layer(found)
    outputs = factor ** (found.stack.depth - 1)
    heading = "**The gradient reaches the first layer.**"
    if min(norms[0] / norms[-1], outputs) < 1 / KEPT:
        heading = "**The gradient vanishes.**"
    elif max(norms[0] / norms[-1], outputs) > KEPT:
        heading = "**The gradient explodes towards the input.**"
    return f"{heading} {first_and_last(norms, factor)}"


def first_and_last(norms: np.ndarray, factor: float) -> str:
    """The first layer's weight gradient against the last one's. norms: [L]; factor: per layer towards the input."""
    return (
        f"The norm of the weight gradient is {number(float(norms[0]))} in the first layer and "
        f"{number(float(norms[-1]))} in layer {len(norms)}: {number(float(norms[0] / norms[-1]))} times as large. "
        f"On the way back each layer multiplies the gradient of the outputs by {number(factor)} (fitted over "
        f"{len(norms)} layers)."
    )


def not_finite(bad: int, layers: int) -> str:
    """Gradients that overflowed, in `bad` of `layers` layers."""
    return f"**Too large for a number:** the gradients of {bad} of {layers} layers are not finite. {NOT_IN_NUMBERS}"


def exactly_zero(zeros: int, layers: int) -> str:
    """Gradients that are zero, in `zeros` of `layers` layers, the first among them."""
    if zeros == layers:
        return (
            f"**No gradient.** The gradient of all {layers} layers is exactly zero: gradient descent will never change "
            "them."
        )
    return (
        f"**No gradient in the first layers.** It is exactly zero in {zeros} of {layers} layers, the first among them."
    )


def outputs(found: Depth) -> str:
    """What happens to the outputs in the forward pass; "" where they are all 0 at the first layer."""
    std = found.middle("std")
    overflow = np.flatnonzero(~np.isfinite(std))
    if len(overflow):
        return f"The outputs overflow from layer {overflow[0] + 1} on."
    if not std[0]:
        return ""
    flat = percent(float(found.middle("flat").mean()))
    return (
        f"The outputs' standard deviation goes from {number(float(std[0]))} in the first layer to "
        f"{number(float(std[-1]))} in the last. {flat} of the cells lie where the activation is flat."
    )


def bound(found: Depth) -> str:
    """What the dashed and the dotted line are, with their numbers."""
    layers, slope = found.stack.depth, found.slope
    return (
        f"Dashed: the bound {power(slope, 'k')} for the layer k below the last. The steepest slope of "
        f"{found.stack.activation} is {slope:.4g}, so for the first layer it is {power(slope, layers - 1)} = "
        f"{number(slope ** (layers - 1))}. {bound_condition(found)}"
    )


def bound_condition(found: Depth) -> str:
    """Under which condition that bound holds, and which other one is drawn."""
    if found.stack.skip and not len(found.weighed_bound):
        return (
            "It would hold if no weight matrix lengthened a vector and no skip added to the gradient; BatchNorm "
            "divides by the batch's own standard deviation, so here there is no bound."
        )
    if not len(found.weighed_bound):
        return (
            "It would hold if no weight matrix lengthened a vector; BatchNorm divides by the batch's own standard "
            "deviation, so here there is no bound."
        )
    if found.stack.skip:
        return (
            "It holds if no weight matrix lengthens a vector and no skip adds to the gradient. Dotted: the same with "
            "the true norm of each layer's weights, which always holds."
        )
    return (
        "It holds if no weight matrix lengthens a vector. Dotted: the same with the true norm of each layer's weights, "
        "which always holds."
    )


def measured(found: Depth) -> str:
    """What was measured, on what, how often."""
    return (
        f"{found.stack.label} · {escaped(found.data)} · loss {found.losses[0]:.4g} · random starts: {found.seeds} · "
        f"no biases, float64 · measured in {found.seconds * 1000:,.0f} ms"
    )


def trained(found: Depth) -> str:
    """The same for the training section."""
    return f"{measured(found)} · plain gradient descent on this one batch"


def training(frames: Sequence[Depth], *, steps: int) -> str:
    """How the loss went from the first frame to the last, and whether training broke off before `steps`."""
    first, last = frames[0], frames[-1]
    losses = f"{first.losses[0]:.4g} to {last.losses[0]:.4g}"
    if last.step < steps:
        return (
            f"In {last.step} steps the loss goes from {losses}. After that the weights were no longer finite: "
            "**choose a smaller learning rate.**"
        )
    return f"In {last.step} steps the loss goes from {losses}."


def training_share(frames: Sequence[Depth]) -> str:
    """The first layer's share of the gradient before and after; "" where there are not two frames with a gradient."""
    norms = [(frame.weight_gradients[0, 0], frame.weight_gradients[0, frame.stack.depth - 1]) for frame in frames]
    shares = [number(float(first / last)) for first, last in norms if last > 0]
    if len(shares) < 2:
        return ""
    return (
        f"The first layer's weight gradient is {shares[0]} times the last layer's before training and {shares[-1]} "
        "times after."
    )


# ------------------------------------------------------------------------------------------------ a trained network
def network_verdict(found: NetworkDepth) -> str:
    """The first against the last layer, in Markdown."""
    norms = found.weight_gradients
    if not np.isfinite(norms).all() or not norms.all():
        return (
            f"The logit of {escaped(found.target)} has no gradient at all with respect to the weights of "
            f"{int((norms == 0).sum())} of {len(norms)} layers."
        )
    first, last = number(float(norms[0])), number(float(norms[-1]))
    return (
        f"The gradient of the logit of **{escaped(found.target)}** with respect to the weights has the norm {first} "
        f"in the first layer ({found.names[0]}) and {last} in the last one ({found.names[-1]}): "
        f"**{number(float(norms[0] / norms[-1]))}** times as large, over {len(norms)} layers."
    )


def extremes(found: NetworkDepth) -> str:
    """The layers with the largest and the smallest gradient."""
    norms = found.weight_gradients
    most, least = int(norms.argmax()), int(norms.argmin())
    return (
        f"Largest: {found.names[most]} ({number(float(norms[most]))}); smallest: {found.names[least]} "
        f"({number(float(norms[least]))})."
    )


def network_measured(found: NetworkDepth, image: str) -> str:
    """What was measured, on which image."""
    return (
        f"{escaped(found.label)} · {escaped(image)} · L is the logit of {escaped(found.target)} · {len(found.names)} "
        "convolutions and linear layers in the order in which they run · eval mode, float32 · "
        f"{found.seconds * 1000:,.0f} ms"
    )


def random_weights(title: str) -> str:
    """A network that nobody trained."""
    return f"{title}, random weights"


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
DEPTH_CURVES = {
    "keys": "Gradient norms by layer. Left and right arrow keys choose a layer, Enter pins it, Escape lets go.",
    "by_weights": "Gradient by the weights, ‖∂L/∂W‖",
    "by_activations": "Gradient by the activations, ‖∂L/∂h‖",
    "layer": "Layer {layer} of {layers}",
    "layer_pinned": "Layer {layer} of {layers}, pinned",
    "named_layer": "Layer {layer} of {layers} · {name}",
    "named_layer_pinned": "Layer {layer} of {layers} · {name}, pinned",
    "bound": "bound",
    "with_weights": "with ‖W‖₂",
    "mean": "mean",
    "std": "std",
    "zeros": "zeros",
    "flat": "flat",
    "none": "none",
    "one_start": "one start",
    "median": "median of n = {starts} starts; ‖∂L/∂W‖ ({low} … {high})",
    "outputs": "outputs",
    "outputs_of_start": "outputs, start 1",
    "gradient": "∂L/∂W",
    "gradient_of_start": "∂L/∂W, start 1",
    "reading": "Layer {layer}: {facts}",
    "no_value": "no finite value",
    "histogram": "{name}, layer {layer}: from {low} to {high}",
    "step": "{step} · loss {loss}",
    "band": "{label} (band: n = {starts} starts)",
    "slope_bound": "bound by the slope",
    "weighed_bound": "bound by slope and ‖W‖₂",
    "strip": "Outputs of each layer (stronger colour: more of them)",
    "strip_log": "Outputs of each layer (stronger colour: more of them), signed log scale",
    "strip_of_start": "Outputs of each layer, start 1 (stronger colour: more of them)",
    "strip_of_start_log": "Outputs of each layer, start 1 (stronger colour: more of them), signed log scale",
}
