"""What the BatchNorm page says: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.records import Array
from cnnviz.topics.batch_norm.records import BatchNormLayer, Noise, Normalised, Surface

TITLE = "What does batch normalisation do to the numbers?"
INTRODUCTION = (
    "Each channel is shifted and scaled to mean 0 and standard deviation 1, then multiplied by γ and shifted by β. "
    "In training mode mean and variance are those of the batch; in eval mode they are the running averages that "
    "training stored."
)
SAID = {
    "Step by step": INTRODUCTION,
    "Running statistics": (
        "**What eval mode will use.** Training keeps a running mean and variance of its batches: how soon are "
        "they right, and how noisy is a single batch?"
    ),
    "In a trained network": (
        "**Inside a trained network.** What each BatchNorm layer has stored, what your image has instead, and "
        "what happens to the answer if one forgets eval()."
    ),
    "Batch, layer, instance, group": (
        "**One formula, four choices of neighbours.** The four normalisations differ only in which values are "
        "averaged together. Point at a cell to see which."
    ),
    "Folded into its convolution": (
        "**In eval mode BatchNorm can cost nothing.** It is one scale and one shift per channel, and the "
        "convolution before it can do both."
    ),
    "Feature scaling": (
        "**Why equal scales help.** Where one feature is much larger than another, gradient descent crawls. "
        "Normalise both, and the same steps arrive."
    ),
}  # what each part shows: its title and a sentence
MOMENTUM = "Momentum"
MOMENTUM_HELP = "The weight of this batch in the running statistics."
MAPS_TABLE = "x: two images one below the other, two channels side by side"
ROWS_TABLE = "x: each row is an example; add or remove rows"
STORED_TABLE = "One column per channel; the rows are γ, β, stored mean, stored variance"
LAST_BATCH = "Still shown: the last batch that could be normalised."
BATCH_OF_ONE = "A batch of one"
ONE_VALUE = (
    "In training mode a channel needs more than one value. A batch of one vector has a single value per channel; the "
    "maps of a single image have H·W. The last column is PyTorch's answer."
)
OVER_BATCHES = "Running statistics during training"
NOISE = "How noisy is one batch?"
READING = "LeNet-5 reads 1,437 digits …"


def steps(step: Normalised) -> str:
    """Which variance is used where, with this batch's numbers."""
    if not step.batch_statistics:
        return "Eval mode uses the stored statistics and leaves them unchanged, whatever the batch holds."
    return (
        f"Each channel's mean and variance are over {step.count} values. The biased variance (divided by {step.count}) "
        f"normalises this batch; the unbiased one (divided by {step.count - 1}) goes into the running variance."
    )


def features(shape: tuple[int, int], network: str, layer: str, dataset: str) -> str:
    """Which numbers are normalised. shape: [examples, units]."""
    examples, units = shape
    return (
        f"The numbers: {units} units of {network}, layer {layer}, before their activation, on {examples:,} images of "
        f"{dataset}. A BatchNorm layer would stand here."
    )


def memory(momentum: float) -> str:
    """How long the running statistics remember a batch. momentum: 0 to 1."""
    if momentum == 1:
        return "only the last batch counts"
    return f"a batch's weight halves every {np.log(0.5) / np.log(1 - momentum):.1f} batches"


def noise(found: Noise) -> str:
    """Smallest against largest batch, measured and expected."""
    spread = found.means.std(axis=1)
    small, large = found.sizes[0], found.sizes[-1]
    biased = found.biased.mean(axis=1)[0] / found.data_variance
    return (
        f"The smaller the batch, the noisier its mean, and with it every normalised value.\n\n"
        f"* **The mean** of a batch varies by {number(float(spread[0]))} with {small} values (σ/√n predicts "
        f"{number(float(found.expected_mean[0]))}) and by {number(float(spread[-1]))} with {large} "
        f"({number(float(found.expected_mean[-1]))}).\n"
        f"* **The normalised value** x̂ of one and the same x varies by {number(float(found.x_hat[0].std()))} with "
        f"{small} and by {number(float(found.x_hat[-1].std()))} with {large}.\n"
        f"* **The biased variance** of {small} values is on average {percent(float(biased))} of the data's; theory, "
        f"(n − 1)/n, says {percent((small - 1) / small)}.\n\n"
        f"Measured on {found.means.shape[1]:,} batches of each size, drawn without replacement from "
        f"{found.population:,} values with mean {number(found.data_mean)} and σ {number(found.data_variance**0.5)}. "
        "“Varies by” is a standard deviation."
    )


def noise_at(means: tuple[float, float], x_hat: Array) -> str:
    """One batch size's numbers. means: (mean, standard deviation) of the batch means; x_hat: of one value, by batch."""
    return (
        f"mean {number(means[0])} ± {number(means[1])}, x̂ of one value from {number(float(x_hat.min()))} to "
        f"{number(float(x_hat.max()))}"
    )


def axes(n: int, c: int, sides: tuple[int, int]) -> str:
    """What is framed, and how GroupNorm joins its relatives. n images, c channels, sides: rows and columns of a map."""
    return (
        f"The frame holds all values that are averaged with the one under the pointer. Each slab is one of {n} images; "
        f"its columns are the {c} channels, its rows the {sides[0]} × {sides[1]} positions. GroupNorm with 1 group "
        f"averages as LayerNorm does, with {c} groups as InstanceNorm does. Only BatchNorm mixes images, so only "
        "BatchNorm needs running statistics."
    )


def descent(before: Surface, after: Surface) -> str:
    """The two loss surfaces: curvature, largest stable learning rate, condition number."""
    low, high = (number(float(before.levels[place])) for place in (0, -1))
    steepest = [number(float(found.eigenvalues[1])) for found in (before, after)]
    rates = [number(found.largest_rate) for found in (before, after)]
    conditions = [number(found.condition) for found in (before, after)]
    return (
        f"Curves of equal loss, from {low} to {high} on the left; the cross is the minimum. Normalising takes λmax "
        f"from {steepest[0]} to {steepest[1]}, the largest stable learning rate 2/λmax from {rates[0]} to {rates[1]}, "
        f"and the condition number from {conditions[0]} to {conditions[1]}. Both paths start at the same loss above "
        "the minimum: one unit along each axis of the ellipses."
    )


def bowl(found: Surface) -> str:
    """Under one loss surface."""
    condition, rate = number(found.condition), number(found.largest_rate)
    return f"condition number {condition}, largest stable learning rate 2/λmax = {rate}"


# ------------------------------------------------------------------------------------------------ one channel
def channel(found: BatchNormLayer, index: int) -> tuple[str, str, str]:
    """One channel: what is stored, what this image has, and the line that eval mode computes."""
    mean, variance = float(found.stored_mean[index]), float(found.stored_variance[index])
    gamma, beta = float(found.gamma[index]), float(found.beta[index])
    scale = gamma / (variance + found.eps) ** 0.5
    return (
        f"stored: mean {number(mean)}, variance {number(variance)}; γ {number(gamma)}, β {number(beta)}",
        _distance(found, index),
        f"eval: y = ({number(gamma)} / √({number(variance)} + {number(found.eps)})) · (x − {_wrapped(mean)}) + "
        f"{_wrapped(beta)} = {number(scale)} · x + {_wrapped(beta - scale * mean)}",
    )


def _distance(found: BatchNormLayer, index: int) -> str:
    mean, variance = number(float(found.before_mean[index])), number(float(found.before_variance[index]))
    shift = float(found.shift[index])
    if shift >= 0:
        return (
            f"this image: mean {mean}, variance {variance}; its mean lies {number(shift)} stored standard deviations "
            "above the stored one"
        )
    return (
        f"this image: mean {mean}, variance {variance}; its mean lies {number(-shift)} stored standard deviations "
        "below the stored one"
    )


def _wrapped(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def layer(found: BatchNormLayer, listed: Sequence[str]) -> str:
    """Where the layer stands, its settings, and how far the image lies from what is stored. listed: all such layers."""
    momentum = "plain average" if found.momentum is None else f"{found.momentum:g}"
    small = int((np.abs(found.gamma) < 1e-2).sum())
    return (
        f"`{found.key}`, BatchNorm layer {listed.index(found.key) + 1} of {len(listed)}: {len(found.gamma)} channels, "
        f"`{list(found.shape)}`, ε {found.eps:g}, momentum {momentum}. γ goes from {number(float(found.gamma.min()))} "
        f"to {number(float(found.gamma.max()))}; nearly zero (|γ| < 0.01) in {small} channels. This image's channel "
        f"means lie {number(float(np.abs(found.shift).mean()))} stored standard deviations from the stored means on "
        f"average, {number(float(np.abs(found.shift).max()))} at most. Hover over a channel; the first one shown is "
        "the farthest off."
    )


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
DESCENT_PATHS = {
    "chart": "Excess loss against steps, logarithmic, for both bowls",
    "excess": "Excess loss that is left, of the first",
    "stage": "Loss contours over both weights, with the path of gradient descent. Arrow keys step along it.",
    "first_weight": "weight of feature 1",
    "second_weight": "weight of feature 2",
    "left": "left every bound",
    "loss": "loss {loss} (least {least})",
    "arrives": "learning rate {rate}; step {step}: {now}; 99 % of the way down at step {arrived}",
    "diverges": "learning rate {rate}; step {step}: {now}; the steps grow: this rate diverges",
    "too_short": "learning rate {rate}; step {step}: {now}; {last} steps do not lead 99 % of the way down",
    "panel": "{title}: {reading}",
}
NORM_AXES = {
    "image": "image {image}",
    "image_narrow": "n = {image}",
    "stage": (
        "{images} images of {channels} channels and {positions} positions, normalised in four ways. Arrow keys move, "
        "Escape lets go."
    ),
    "group": "{count} values, mean {mean}, variance {variance}: x = {value} → x̂ = {normalised}",
    "panel": "{title}: {reading}",
    "where": "Image {image}, channel {channel}. {readings}",
}
NORM_CHANNELS = {
    "stage": "{layer}: {count} channels. Arrow keys move from channel to channel, a click pins one.",
    "bars_and_dots": "{name} (bars); {marked} (dots)",
    "bars_and_dots_narrow": "{name} (bars), this image's (dots)",
    "range": "{low} to {high}",
    "before": "Channel {channel} before",
    "before_pinned": "Channel {channel} before (pinned)",
    "after": "Channel {channel} after",
    "stored": "stored mean ± √variance",
    "this_image": "this image's",
    "mean_after": "mean ± spread after",
    "target": "β ± |γ|: what all data get",
    "reading": "Channel {channel}: {lines}",
}
NORM_STEPS = {
    "stage": "The batch in {steps} steps. Arrow keys move from value to value, Enter pins one, Escape lets go.",
    "cell_of_image": "image {image}, row {row}, column {column}",
    "cell_of_row": "row {row} of the batch",
    "where": "{cell}, {name}: {members} values are taken together",
    "where_pinned": "{cell}, {name}: {members} values are taken together (pinned)",
}
