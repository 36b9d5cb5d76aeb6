"""What the dropout page says: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent, power
from cnnviz.outputs.chances import distribution, sides
from cnnviz.plain_text import escaped
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.dropout.records import Averages, Disturbed, MaskOverlap, MonteCarlo, OwnDropout, Subnetworks

TITLE = "What happens to a network whose units are switched off at random?"
INTRODUCTION = (
    "During training, dropout sets each unit to zero with probability p; at test time every unit works. Type over the "
    "numbers, move p, and compare the two conventions."
)
SAID = {
    "The mask": INTRODUCTION,
    "Many masks": (
        "**One mask is noise; the mean of many is right.** How soon does the mean come close to the output "
        "without dropout?"
    ),
    "In a network": ("**One mask in a real layer.** Move p and compare the maps and the answer with and without it."),
    "The prediction": (
        "**A hundred masks, a hundred answers.** How far do they lie apart, on your image and on noise?"
    ),
    "Two masks": "**Every mask is another network.** How many units do two of them share?",
}  # what each part shows: its title and a sentence
SEED = "Seed of the random numbers"
SHARE = "p, the share to drop"
SHARES = "numbers from 0 to 1"
CHANNELWISE = "Single cells, as Dropout does, or whole channels, as Dropout2d does."
NUMBERS_TABLE = "Type over any number"
NOT_FINITE_MASK = (
    "This layer has values that are not finite, and 0 times such a value is not a number: choose another layer."
)
NOT_FINITE_UNITS = "Not all of these values are finite: choose another layer."
NO_VARIANCE = "**Variance** at p = 1: every output is 0, so there is none."
UNTIL_THEN = "Until then: the mask before the last layer."
UNCERTAINTY = (
    "Gal and Ghahramani (2016) read the spread as the network's uncertainty. It is the spread for this mask and this "
    "p: the prediction can vary little even for an image unlike any that the network was trained on."
)
MASKING = "The network runs on for each p …"
NOISE_RUNNING = "Noise goes through the network …"


# ------------------------------------------------------------------------------------------------ the mask
def grey_values(title: str, side: int) -> str:
    """Which numbers are masked."""
    return f"{title}, {side} × {side} grey values"


def vector(key: str, shape: Sequence[int]) -> str:
    """A layer without maps was chosen."""
    return f"`{key}` is a vector `{list(shape)}`: each unit has its own random number."


def channels(key: str, shown: int, count: int) -> str:
    """Which channels are masked as a whole."""
    return (
        f"{shown} of {count} channels of `{key}`, those with most energy. One random number decides for all cells of a "
        "channel (Dropout2d)."
    )


# ------------------------------------------------------------------------------------------------ many masks
def largest_values(key: str, shown: int, count: int) -> str:
    """Which units are averaged."""
    return f"The {shown} largest of {count:,} values of `{key}`."


def averages(found: Averages) -> str:
    """What is averaged, and how often."""
    return (
        "One mask gives 0 or x/(1−p), never x. The mean of n training outputs comes closer to x: "
        f"{found.errors.shape[1]} series of {found.masks:,} masks each, over {len(found.x)} units."
    )


def slope(found: Averages) -> str:
    """The fitted slope compared with −1/2, or why there is none."""
    if found.p == 1:
        return (
            "At p = 1 every mask drops everything: the mean of upscale_in_train is 0 for every n, and its distance "
            f"from x stays {number(float(found.rms[-1]))}. The mean equals x only for p < 1."
        )
    if found.slope is None:
        return "There is no error to fit: at p = 0, or for x = 0, every mask gives x itself."
    fitted = f"{found.slope:.3f}".replace("-", "−")
    if found.slope_error is not None:
        fitted = f"{fitted} ± {found.slope_error:.3f}"
    first, last = found.counts[0], found.counts[-1]
    return (
        f"Fitted slope: **{fitted}**; 1/√n predicts −0.5. From n = {first:,} to {last:,} the error fell by a factor of "
        f"{found.rms[0] / found.rms[-1]:,.0f}; √({last:,}/{first:,}) is {np.sqrt(last / first):,.0f}."
    )


def variance(found: Averages) -> str:
    """The formula of the variance, in LaTeX, with this p. p < 1."""
    return (
        f"**Variance** of one training output, over {found.masks * found.errors.shape[1]:,} masks: "
        rf"$x^2\,p/(1-p) = x^2 \cdot {found.p / (1 - found.p):.4g}$"
    )


# ------------------------------------------------------------------------------------------------ in a network
def own_layers(own: Sequence[OwnDropout], title: str, *, most: int = 6) -> str:
    """Which dropout layers a network has itself; the first `most` by name."""
    if not own:
        return f"{title} has no dropout layer of its own: the mask is applied where you choose."
    named = ", ".join(f"`{item.name}` ({item.module}, p = {item.p:g})" for item in own[:most])
    if len(own) == 1:
        return f"{title} has one dropout layer of its own: {named}. At test time it passes its input on unchanged."
    if len(own) <= most:
        return f"{title} has {len(own)} dropout layers: {named}. At test time they pass their inputs on unchanged."
    return (
        f"{title} has {len(own)} dropout layers: {named} and {len(own) - most} more. At test time they pass their "
        "inputs on unchanged."
    )


def change(found: Disturbed, reading: OutputReading, at: int) -> str:
    """What one p does to the next layer and to the prediction. at: its place in found.probabilities."""
    chances, classes = distribution(np.stack([found.logits, found.masked_logits[at]]), reading), sides(reading)
    before, after = chances.argmax(1)
    p, moved = f"{found.probabilities[at]:g}", percent(float(found.shift[at]))
    first, last = percent(float(chances[0, before])), percent(float(chances[1, after]))
    if before == after:
        return (
            f"At p = {p} the mask changes `{found.next_key}` by {moved} of its own length, and the probability of "
            f"**{escaped(classes[before])}** goes from {first} to {last}."
        )
    return (
        f"At p = {p} the mask changes `{found.next_key}` by {moved} of its own length, and the likeliest class changes "
        f"from **{escaped(classes[before])}** ({first}) to **{escaped(classes[after])}** ({last})."
    )


# ------------------------------------------------------------------------------------------------ the prediction
def many_masks(title: str, key: str, p: float, *, passes: int) -> str:
    """Over one image's scatter."""
    return f"**{title}**, {passes} masks on `{key}`, p = {p:g}"


def waits(key: str, seconds: float) -> str:
    """Over the button that starts a long computation."""
    return f"From `{key}` on, most of the network runs again for each mask: about {max(seconds, 1):,.0f} s."


def draw(passes: int) -> str:
    """On that button."""
    return f"Draw {passes} masks for both images"


def progress(done: int, passes: int) -> str:
    """Beside the progress bar."""
    return f"{done} of {passes} masks"


def leading_class(found: MonteCarlo, classes: Sequence[str]) -> str:
    """The mean of the likeliest class, and how often it is the prediction."""
    best = int(found.mean.argmax())
    wins, count = int((found.winners == best).sum()), len(found.samples)
    different = len(np.unique(found.winners))
    all_of_them = "All masks predict the same class." if different == 1 else f"The masks predict {different} classes."
    return (
        f"**{escaped(classes[best])}**: {percent(float(found.mean[best]))} ± {found.std[best] * 100:.1f} percentage "
        "points over "
        f"{count} masks, {percent(float(found.plain[best]))} without a mask. It is the prediction for {wins} of "
        f"{count} masks. {all_of_them}"
    )


def entropy(found: MonteCarlo, classes: Sequence[str]) -> str:
    """The predictive entropy and how much of it the masks disagree about."""
    return (
        f"Predictive entropy: **{found.entropy:.3f}** nats (without a mask {found.plain_entropy:.3f}; at most "
        f"ln {len(classes):,} = {np.log(len(classes)):.3f}). Disagreement between the masks makes up "
        f"{max(found.disagreement, 0.0):.3f} of it."
    )


# ------------------------------------------------------------------------------------------------ two masks
def layer_widths(key: str, count: int, last: str, last_count: int, *, vector: bool) -> str:
    """How many units or channels two masks lie over, and how many the last layer's input has."""
    if vector:
        return f"`{key}` has {count:,} units; the last layer's input, `{last}`, has {last_count:,}."
    return f"`{key}` has {count:,} channels; the last layer's input, `{last}`, has {last_count:,}."


def subnetworks(found: Subnetworks) -> str:
    """How many masks there are, exactly where that is legible."""
    units = f"{found.units:,}"
    meaning = "Each is a sub-network with the same weights, and every training step trains one of them."
    if found.exact is not None:
        return f"{units} units have {power(2, found.units)} = {found.exact:,} masks. {meaning}"
    size = f"{found.mantissa:.2f} · {power(10, found.exponent)}"
    count = f"{power(2, found.units)} ≈ {size} masks, a number of {found.exponent + 1:,} digits"
    return f"{units} units have {count}. {meaning}"


def pairs(found: MaskOverlap) -> str:
    """Over the chart of many pairs."""
    return f"**Many pairs**: {found.both.shape[1]} pairs of masks for each of {len(found.probabilities)} values of p."


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
DROPOUT_MASK = {
    "upscale": "PyTorch's way: kept units grow in training",
    "probability": "p is {p}",
    "clipped": "{count} cells lie beyond and are clipped",
    "fixed_colours": "to twice the largest value, so that colours can be compared while p moves",
    "kept_channels": "kept: {kept} of {total} channels ({share}; expected {expected})",
    "kept_units": "kept: {kept} of {total} units ({share}; expected {expected})",
    "kept_cells": "kept: {kept} of {total} cells ({share}; expected {expected})",
    "means": (
        "Means over all cells. x: {x}. upscale_in_train: training {up_train}, testing {up_test}. downscale_in_infer: "
        "training {down_train}, testing {down_test}."
    ),
    "nothing_kept": (
        "At p = 1 nothing is kept: the formula of upscale_in_train would divide 0 by 0. PyTorch answers with zeros, "
        "and passes back a gradient of zeros."
    ),
    "all_kept": (
        "At p = 0 everything is kept: dropout is the identity, in training and in testing, and so its gradient is 1."
    ),
    "ask_a_unit": "Point at a unit: both conventions appear, written out with its numbers. A click pins it.",
    "stage": (
        "{title}: the mask and both conventions. Arrow keys move between units, Enter pins one, Escape lets it go."
    ),
    "kept_by_rule": "u = {u} ≥ p = {p}, so m = 1",
    "dropped_by_rule": "u = {u} < p = {p}, so m = 0",
    "zero_by_zero": "x·m/(1−p) = {x} · 0 / 0, and PyTorch returns 0",
    "gradient_by_zero": "m/(1−p) = 0 / 0, and PyTorch passes back 0",
    "unit": "unit {unit}",
    "cell": "row {row}, column {column}",
    "cell_of_channel": "channel {channel}, row {row}, column {column}",
}
DROPOUT_NETWORK = {
    "both": "Classes, without and with the mask",
    "here": "The masked layer, {layer}",
    "here_some": "The masked layer, {layer}: the {shown} of its {total} {what} with most energy",
    "there": "What follows, {layer}",
    "there_some": "What follows, {layer}: the {shown} of its {total} {what} with most energy",
    "channels": "channels",
    "units": "units",
    "stage": "{here} and {there}, without and with a mask. Point at a cell to read its values.",
    "probability": "p is {p}",
    "counts": (
        "kept of those shown: {kept} of {total} · {next} moves by {share} of its length · colours ±{first} and "
        "±{second}, the same with and without"
    ),
    "without": "without {share}",
    "with": "with {share}",
    "ask_a_cell": "Point at a cell to read it with and without the mask. A click pins it.",
    "unit": "unit {unit}",
    "cell": "channel {channel}, row {row}, column {column}",
    "masked": "without {plain}, with {masked}",
    "following": "without {plain}, with {masked}, difference {difference}",
}
DROPOUT_PAIR = {
    "neither": "kept by neither",
    "only_a": "kept by mask A alone",
    "only_b": "kept by mask B alone",
    "both": "kept by both",
    "counted": "{state}: {count}",
    "unit": "unit {unit}: {state}",
    "u_in_a": "u in mask A",
    "u_in_b": "u in mask B",
    "probability": "p is {p}",
    "both_keep": "Both keep",
    "both_units": (
        "{both} of {total} units; expected (1−p)²·K = (1 − {p})² · {total} = {expected} ± {spread} (one standard "
        "deviation)"
    ),
    "jaccard": "Jaccard index",
    "no_jaccard": "none: neither mask keeps a unit, so they have nothing to share",
    "shared": "both / either = {both} / {either} = {index}; expected about (1−p)/(1+p) = {expected}",
    "neither_keeps": "Neither",
    "left_out": "{count}; expected p²·K = {expected}",
    "stage": "{title}: which of {units} units two masks keep. Arrow keys move between units.",
}
