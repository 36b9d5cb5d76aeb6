"""What the page on blocks says: whole sentences in Markdown, every number from a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.blocks.charts import millions, shares
from cnnviz.topics.blocks.records import (
    BlockCost,
    BlockStage,
    DenseBlockRecord,
    DenseReader,
    Gates,
    InceptionRecord,
    Inverted,
    Kernel,
    LayerChain,
    Line,
    Norms,
    Separable,
    Shortcut,
    ShortcutsAlone,
)

TITLE = "What is inside a block?"
INTRODUCTION = (
    "Networks since 2014 repeat blocks, each with one idea. Follow your image through one: point, click, or press Play."
)
MEASURED = "What is measured on this block"
NO_UNIT = "In this network no activation follows a convolution. Choose another network."
ALL_BLOCKS = "**All blocks**"

# Residual
NO_SHORTCUT = "In this network nothing is added to the input of a block. Choose another network."
HOW_LONG = "##### How long x and F(x) are, block by block"
DROP = "##### Drop a block: only its shortcut passes"
RANDOM = "These weights are random, so they cannot show what a block is worth to a trained network."
DESIGNS = "##### Basic against bottleneck, with equally many channels in and out"
SHORTCUTS = {"identity": "an identity shortcut", "projection": "a projection shortcut", "padding": "a padding shortcut"}

# Inception, separable, shuffle
SAVED = "##### What the 1×1 in front saves"
WEIGHTS_ALONE = "Only the weights of convolutions are counted, without biases and normalisation."
ANY_SIZE = "##### Any size: the ratio is 1 / channels out + 1 / kernel²"
IN_SHUFFLENET = "##### In a network: ShuffleNet v2 mixes its two halves after every block"
BEFORE_AND_AFTER = (
    "The same place before and after: what stood at place 1 of the second half now stands next to place 1 of the "
    "first. The slider goes through the places and begins with the channels that vary most after the shuffle."
)


# -------------------------------------------------------------------------------------------------------------- unit
def unit(found: LayerChain) -> str:
    """What each step of the unit did to the whole layer, a sentence each."""
    steps = zip((None, *found.stages), found.stages, strict=False)
    said = [sentence for before, stage in steps if (sentence := _step(before, stage))]
    return " ".join([*said, "All these steps count as one layer when people say how deep a network is."])


def _step(before: BlockStage | None, stage: BlockStage) -> str:
    values = stage.values
    if stage.role == "convolved":
        return f"The convolution's values lie between {number(float(values.min()))} and {number(float(values.max()))}."
    if stage.role == "normalised":
        mean, deviation = values.mean(axis=(1, 2)).mean(), values.std(axis=(1, 2)).mean()
        return (
            f"After normalisation the channels have on average a mean of {number(float(mean))} and a standard "
            f"deviation of {number(float(deviation))}."
        )
    if stage.role == "activated" and before is not None:
        return _activated(float((before.values < 0).mean()), stage.operation)
    if before is None:
        return ""
    cells, kept = before.values[0].size, values[0].size
    return f"Pooling keeps {kept:,} of the {cells:,} cells in each channel (1 in {cells / kept:.0f})."


def _activated(negative: float, operation: str) -> str:
    if "ReLU" in operation:
        return f"The activation sets {percent(negative)} of all cells, those below zero, to zero."
    return f"The activation moves {percent(negative)} of all cells, those below zero, to its lower side."


# --------------------------------------------------------------------------------------------------------------- VGG
AS_WRITTEN = "As it is written"


def vgg_block(number: int, layers: int, shape: Sequence[int]) -> str:
    """A block in the list. layers: without the pool and what belongs to a convolution; shape: of what leaves it."""
    return f"block {number} · {layers} {'convolution' if layers == 1 else 'convolutions'} · {list(shape)}"


def vgg(calls: int, lines: Sequence[Line], title: str) -> str:
    """What the function saves, and where the parameters are. calls: of the function that writes a block."""
    weighted = sum(line.parameters > 0 for line in lines)
    parameters, macs = sum(line.parameters for line in lines), sum(line.macs for line in lines)
    linear = [line for line in lines if line.text.startswith("nn.Linear")]
    return (
        f"**{calls} calls write the {len(lines)} layers of {title}**. {weighted} of them have weights, with "
        f"{millions(parameters)} parameters and {millions(macs)} multiply-adds. The three linear layers hold "
        f"**{percent(sum(line.parameters for line in linear) / parameters)}** of the parameters and do "
        f"{percent(sum(line.macs for line in linear) / macs)} of the multiply-adds."
    )


def written_out(layers: int) -> str:
    """The label of the folded list."""
    return f"All {layers} layers, written out"


def not_published(side: int) -> str:
    """Why there is no proof. side: of the image, in pixels."""
    return f"torchvision publishes its counts for 224 × 224 pixels; here the image has {side} × {side}."


# --------------------------------------------------------------------------------------------------------- Inception
def inception(found: InceptionRecord) -> str:
    """The concatenation and what the bottlenecks save."""
    counts = " + ".join(str(one.count) for one in found.branches)
    total = sum(one.count for one in found.branches)
    joined = (
        f"**{found.group}** reads {found.inputs} channels of `{found.read}` in {len(found.branches)} branches and "
        f"joins their outputs: {counts} = **{total} channels** of {found.output.shape[1]} × {found.output.shape[2]}."
    )
    if found.without == found.cost:
        return f"{joined} No branch has a 1×1 convolution in front of a larger kernel."
    one, two = found.cost, found.without
    return (
        f"{joined} Without the 1×1 convolutions in front of its larger kernels it would need "
        f"**{two.parameters / one.parameters:.2f} times** as many weights ({millions(two.parameters)} instead of "
        f"{millions(one.parameters)}) and **{two.macs / one.macs:.2f} times** as many multiply-adds "
        f"({millions(two.macs)} instead of {millions(one.macs)})."
    )


def five_by_five(found: InceptionRecord) -> str:
    """5×5 against two 3×3, for the blocks that have one or the other; else ""."""
    sizes = {kernel.size for one in found.branches for kernel in one.kernels}
    double = any([kernel.size for kernel in one.kernels].count((3, 3)) == 2 for one in found.branches)
    if (5, 5) in sizes or double:
        return (
            f"Two 3×3 kernels in a row see 5 × 5 cells with {2 * 9} weights for each pair of channels, if there are as "
            f"many channels between them. One 5×5 kernel has {25}. So two 3×3 kernels have **{percent(1 - 18 / 25)}** "
            "fewer weights, and one more activation."
        )
    if found.group.startswith("inception") and [one.title for one in found.branches].count("1×1 → 3×3") == 2:
        return (
            "The paper's third branch is 5×5. **torchvision's is 3×3**, a slip that its published weights keep. The "
            "branch is computed here as it is in torchvision."
        )
    return ""


def branch(channels: int, share: float) -> str:
    """Beside a branch. share: of the output's energy."""
    return f"{channels} channels, {percent(share)} of the output's energy"


# ---------------------------------------------------------------------------------------------------------- residual
def residual(block: Shortcut, inside: Sequence[Kernel]) -> str:
    """What F is, and through which shortcut x passes."""
    steps = " → ".join(
        f"{one.size[0]}×{one.size[1]} depthwise" if one.groups > 1 else f"{one.size[0]}×{one.size[1]}" for one in inside
    )
    said = (
        f"**{block.group}**: F is {steps}. Its output is added to x, which passes through {SHORTCUTS[block.kind]}. x "
        "and F(x) are coloured on the same scale."
    )
    return said if block.after else f"{said} No activation follows this sum: it is passed on as it is."


def lengths(found: Sequence[Norms]) -> str:
    """How much a block changes what passes through it."""
    ratios = np.array([one.branch / one.shortcut if one.shortcut else np.inf for one in found])
    most, least = int(ratios.argmax()), int(ratios.argmin())
    shorter = sum(one.sum < one.shortcut for one in found)
    cosines = f"{min(one.cosine for one in found):.2f} to {max(one.cosine for one in found):.2f}".replace("-", "−")
    compared = (
        f"F(x) is **{ratios[least]:.2f}** times as long as x in {found[least].group} and **{ratios[most]:.2f}** times "
        f"in {found[most].group}. The cosine between the two ranges from {cosines}."
    )
    if not shorter:
        return f"{compared} In no block is the sum shorter than x."
    return f"{compared} In {shorter} of {len(found)} blocks the sum is shorter than x, because F(x) points against it."


def without(names: Sequence[str]) -> str:
    """Over the scores with these blocks dropped."""
    return f"**Without {', '.join(names)}**" if names else "**With nothing dropped**"


def importance(found: ShortcutsAlone, target: int, label: str, reading: OutputReading | None = None) -> str:
    """Which block matters most to the prediction. label: of class `target`."""
    plain, alone = shares(found, target, reading)
    worst = int(np.argmin(alone))
    kept = sum(int(np.argmax(logits)) == int(np.argmax(found.plain)) for logits in found.alone)
    counted = (
        f"With one block dropped at a time, *{escaped(label)}* stays in first place for **{kept} of "
        f"{len(found.alone)}** blocks."
    )
    if alone[worst] >= plain:
        return (
            f"{counted} Whichever block is dropped, the probability rises from {percent(plain)} or stays. It changes "
            f"least without **{found.groups[worst]}**."
        )
    return (
        f"{counted} **{found.groups[worst]}** matters most: without it the probability falls from {percent(plain)} to "
        f"{percent(float(alone[worst]))}."
    )


def designs(channels: int, basic: BlockCost, bottleneck: BlockCost, projection: BlockCost) -> str:
    """The two designs of a residual block, and what a projection costs."""
    return (
        f"With {channels} channels the basic block has **{basic.parameters:,}** weights and the bottleneck "
        f"**{bottleneck.parameters:,}**, a ratio of {basic.parameters / bottleneck.parameters:.1f}. The basic "
        f"block takes {millions(basic.macs)} multiply-adds, the bottleneck {millions(bottleneck.macs)}. Where a block "
        f"doubles the channels to {channels}, the input itself no longer fits as the shortcut: a projection adds "
        f"**{projection.parameters:,}** weights, padding with zeros adds none."
    )


# ------------------------------------------------------------------------------------------------------------- dense
def dense(found: DenseBlockRecord) -> str:
    """How the channels grow."""
    layers = len(found.layers) - 1
    expected = [found.first + found.growth * index for index in range(len(found.channels))]
    growth = (
        f"**{layers} layers, growth rate {found.growth}.** The block begins with {found.first} channels and each layer "
        f"adds {found.growth}, so layer l reads {found.first} + {found.growth} · (l − 1) channels, and {found.first} + "
        f"{found.growth} · {layers} = **{expected[-1]}** channels leave the block. The input of each layer goes to "
        f"every later one: that makes {layers * (layers + 1) // 2} connections between {layers} layers."
    )
    if list(found.channels) == expected:
        return f"{growth} The recording shows these numbers."
    return f"{growth} The recording shows others: {list(found.channels)}."


def dense_weights(found: DenseReader, *, random: bool) -> str:
    """From which earlier layer this one reads most and least."""
    known = [one for one in found.sources if np.isfinite(one.weight)]
    if not known:
        return f"**{found.title}** feeds no convolution: the classifier reads it through a normalisation and a mean."
    most, least = max(known, key=lambda one: one.weight), min(known, key=lambda one: one.weight)
    weights = (
        f"**{found.title}** reads {most.title} with the largest weights (mean |w| {number(most.weight)}) and "
        f"{least.title} with the smallest ({number(least.weight)}): a ratio of {most.weight / least.weight:.2f}."
    )
    if random:
        return f"{weights} These weights are random, so the differences are chance; only trained weights say more."
    return weights


def dense_sources(channels: int, title: str) -> str:
    """Over the strip of input channels. title: of the layer that reads them."""
    return f"##### Where the {channels} input channels of {title} come from"


def dense_source(channels: int, weight: float) -> str:
    """Beside an earlier layer. weight: mean |w|, NaN where no convolution reads it."""
    return f"{channels} channels, mean |w| {weight:.4f}" if np.isfinite(weight) else f"{channels} channels"


# ------------------------------------------------------------------------------------------------------------ mobile
def separable(found: Separable) -> str:
    """The separable convolution against the plain one."""
    one, two = found.cost, found.plain
    k, outputs = found.depthwise.size[0], found.pointwise.outputs
    return (
        f"In **{found.group}** the two steps need **{one.parameters:,}** weights and {millions(one.macs)} "
        f"multiply-adds. One plain {k}×{k} convolution from {found.depthwise.inputs} to {outputs} channels would need "
        f"**{two.parameters:,}** weights and {millions(two.macs)} multiply-adds: "
        f"{two.parameters / one.parameters:.1f} times as many weights and {two.macs / one.macs:.1f} times as much work."
    )


def ratio(separable: BlockCost, plain: BlockCost, *, outputs: int, kernel: int, formula: float) -> str:
    """The ratio of weights, counted and by its formula."""
    return (
        f"{separable.parameters:,} / {plain.parameters:,} = **{separable.parameters / plain.parameters:.4f}** = "
        f"1 / {outputs} + 1 / {kernel}² = {formula:.4f}: the plain convolution takes "
        f"**{plain.macs / separable.macs:.1f} times** as many multiply-adds."
    )


def inverted(found: Inverted) -> str:
    """How the block widens, filters and narrows, and what joins its ends."""
    expand, depth, project = found.kernels
    weights = [one.cost.parameters for one in found.kernels]
    said = (
        f"**{found.group}** widens {expand.inputs} channels to {expand.outputs} "
        f"({expand.outputs / expand.inputs:g} times as many), filters each with its own "
        f"{depth.size[0]}×{depth.size[1]} kernel, and narrows them to {project.outputs}, with no activation at the "
        f"end. The two 1×1 convolutions hold **{percent((weights[0] + weights[2]) / sum(weights))}** of its "
        f"{sum(weights):,} weights."
    )
    if found.added:
        return (
            f"{said} The shortcut joins the narrow ends ({expand.inputs} channels); in a ResNet with bottlenecks it "
            "joins the wide ones."
        )
    return f"{said} The input is not added to the output, because their shapes differ."


def gates(found: Gates) -> str:
    """Which channels are opened and which closed."""
    order = np.argsort(found.gates)
    low, high = (float(found.gates[index]) for index in (order[0], order[-1]))
    half = int((found.gates >= 0.5).sum())
    return (
        f"**{found.group}**: {len(found.gates)} channel means → {found.hidden} numbers → {len(found.gates)} gates "
        f"({found.function}). The gates lie between **{low:.5f}** (channel {int(order[0])}) and **{high:.5f}** "
        f"(channel {int(order[-1])}); {half} of {len(found.gates)} are 0.5 or above."
    )


def untrained_gates(spread: float) -> str:
    """spread: the largest gate minus the smallest."""
    return (
        f"Untrained gates hardly differ (here by {spread:.5f}). The computation is real, but which channels it prefers "
        "is chance. The bars run from the smallest to the largest gate."
    )


def shuffle_refused(reason: str) -> str:
    """reason: the error's own sentence, with its full stop."""
    return f"{escaped(reason)} The last shuffle is still shown."


def order(channels: Sequence[int]) -> str:
    """The order of the channels after the shuffle."""
    return f"Order after the shuffle: `{list(channels)}`"


def mixed(layers: int, groups: int, channels: int, *, shuffled: float, apart: float) -> str:
    """On how many input channels an output channel depends, with the shuffle and without."""
    return (
        f"After {layers} 1×1 convolutions in {groups} groups, an output channel depends on **{shuffled:g} of "
        f"{channels}** input channels with the shuffle in between, and on **{apart:g}** without it: each group would "
        "remain a separate network."
    )
