"""What the parts about blocks say in words and tables, every number from a record."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.topics.blocks.charts import millions
from cnnviz.topics.blocks.records import DenseBlock, DenseLayer, Gates, Inception, Line, Separable, Shortcut, Unit


def unit_words(found: Unit) -> str:
    """What each step of the unit did to the whole layer."""
    parts = []
    for before, stage in zip((None, *found.stages), found.stages, strict=False):
        values = stage.values
        if stage.role == "convolved":
            parts.append(
                f"The convolution's values lie between {number(float(values.min()))} and {number(float(values.max()))}"
            )
        elif stage.role == "normalised":
            mean, deviation = values.mean(axis=(1, 2)).mean(), values.std(axis=(1, 2)).mean()
            parts.append(
                "normalisation gives its channels a mean of "
                f"{number(float(mean))} and a standard deviation of {number(float(deviation))} on average"
            )
        elif stage.role == "activated" and before is not None:
            parts.append(
                f"the activation sets {percent(float((before.values < 0).mean()))} of all cells, those below zero, to "
                f"{'zero' if 'ReLU' in stage.operation else 'its lower side'}"
            )
        elif before is not None:
            cells, kept = before.values[0].size, values[0].size
            parts.append(f"pooling keeps {kept:,} of {cells:,} cells a channel (1 in {cells / kept:.0f})")
    return "; ".join(parts) + ". All four steps count as one layer when people say how deep a network is."


# ------------------------------------------------------------------------------------------------ VGG
def vgg_words(plan: Sequence[tuple[int, int]], lines: Sequence[Line], title: str) -> str:
    """What the function saves, and where the parameters are."""
    weighted = sum(line.parameters > 0 for line in lines)
    parameters = sum(line.parameters for line in lines)
    macs = sum(line.macs for line in lines)
    head = sum(line.parameters for line in lines if line.text.startswith("nn.Linear"))
    head_macs = sum(line.macs for line in lines if line.text.startswith("nn.Linear"))
    return (
        f"**{len(plan)} calls write {title}'s {len(lines)} layers**, {weighted} of them with weights: "
        f"{millions(parameters)} parameters and {millions(macs)} MACs. The three linear layers hold "
        f"**{percent(head / parameters)}** of the parameters and do {percent(head_macs / macs)} of the multiplications."
    )


def vgg_blocks(lines: Sequence[Line]) -> list[dict[str, str | int]]:
    """One row a block."""
    rows: list[dict[str, str | int]] = []
    for index in sorted({line.block for line in lines}):
        part = [line for line in lines if line.block == index]
        rows.append(
            {
                "block": "head" if part[0].text.startswith("nn.Flatten") else str(index),
                "layers": len(part),
                "output": str(list(part[-1].shape)),
                "parameters": sum(line.parameters for line in part),
                "MACs": sum(line.macs for line in part),
            }
        )
    return rows


def written_out(lines: Sequence[Line]) -> str:
    """The plan as one nn.Sequential, a line a layer."""
    body = [f"    {line.text + ',':<44}# {list(line.shape)}" + _counted(line) for line in lines]
    return "\n".join(["nn.Sequential(", *body, ")"])


def _counted(line: Line) -> str:
    return f"  {line.parameters:,} parameters" if line.parameters else ""


def vgg_csv(lines: Sequence[Line]) -> str:
    return table(["block", "layer", "shape", "parameters", "macs"],
                 [[line.block, line.text, "x".join(map(str, line.shape)), line.parameters, line.macs]
                  for line in lines])  # fmt: skip


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """CSV."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(head)
    writer.writerows(rows)
    return target.getvalue()


# ------------------------------------------------------------------------------------------------ Inception
def inception_words(found: Inception) -> str:
    """The concatenation and what the bottlenecks save, in Markdown."""
    counts = " + ".join(str(one.count) for one in found.branches)
    total = sum(one.count for one in found.branches)
    words = (
        f"**{found.group}** reads {found.inputs} channels of `{found.read}` in {len(found.branches)} ways and puts the "
        f"results one behind the other: {counts} = **{total} channels** of {found.output.shape[1]} × "
        f"{found.output.shape[2]}."
    )
    if found.without == found.cost:
        return words + " No branch has a 1×1 in front of a larger kernel."
    one, two = found.cost, found.without
    return words + (
        f" Without the 1×1 convolutions in front of its larger kernels it would need "
        f"**{two.parameters / one.parameters:.2f} times** the weights ({millions(two.parameters)} in place of "
        f"{millions(one.parameters)}) and "
        f"**{two.macs / one.macs:.2f} times** the MACs ({millions(two.macs)} in place of {millions(one.macs)})."
    )


def five_words(found: Inception) -> str:
    """5×5 against two 3×3, for the blocks that have one or the other."""
    sizes = {kernel.size for one in found.branches for kernel in one.kernels}
    double = any([kernel.size for kernel in one.kernels].count((3, 3)) == 2 for one in found.branches)
    if (5, 5) in sizes or double:
        return (
            f"Two 3×3 kernels in a row see 5 × 5 cells with {2 * 9} weights for each pair of channels (as many "
            f"channels between them), one 5×5 with {25}: **{percent(1 - 18 / 25)}** fewer, and one more activation."
        )
    if found.group.startswith("inception") and [one.title for one in found.branches].count("1×1 → 3×3") == 2:
        return (
            "The paper's third branch is 5×5. **torchvision's is 3×3**, a slip that its published weights keep: "
            "the branch is computed here as it is."
        )
    return ""


# ------------------------------------------------------------------------------------------------ residual, dense
SHORTCUTS = {
    "identity": "x itself: nothing to learn",
    "projection": "a 1×1 convolution with the block's stride (option B of the paper)",
    "padding": "every second cell, and zeros for new channels (option A)",
}


def shortcut_table(found: Sequence[tuple[Shortcut, int]]) -> list[dict[str, str | int]]:
    """Kinds of shortcuts in a network with their count and weights. found: (shortcut, weights in it)."""
    rows: list[dict[str, str | int]] = []
    for kind, words in SHORTCUTS.items():
        weights = [count for shortcut, count in found if shortcut.kind == kind]
        rows.append({"shortcut": kind, "what passes": words, "blocks here": len(weights), "weights": sum(weights)})
    return rows


def dense_words(found: DenseBlock) -> str:
    """Growth in numbers."""
    layers = len(found.layers) - 1
    expected = [found.first + found.growth * index for index in range(len(found.channels))]
    says = "as recorded" if list(found.channels) == expected else f"but recorded: {list(found.channels)}"
    return (
        f"**{layers} layers, growth rate {found.growth}.** The block begins with {found.first} channels and each layer "
        f"adds {found.growth}, so layer l reads {found.first} + {found.growth} · (l − 1) channels and "
        f"{found.first} + {found.growth} · {layers} = **{expected[-1]}** leave it ({says}). Each layer's input goes to "
        f"every later one: {layers * (layers + 1) // 2} connections between {layers} layers."
    )


def dense_weights_words(found: DenseLayer, *, random: bool) -> str:
    known = [one for one in found.sources if np.isfinite(one.weight)]
    if not known:
        return f"**{found.title}** feeds no convolution: the classifier reads it through normalisation and a mean."
    most, least = max(known, key=lambda one: one.weight), min(known, key=lambda one: one.weight)
    words = (
        f"**{found.title}** reads most heavily from {most.title} (mean |w| {number(most.weight)}) and least from "
        f"{least.title} ({number(least.weight)}): a ratio of {most.weight / least.weight:.2f}."
    )
    if random:
        words += " These weights are random, so the differences are chance: only trained ones say who is used."
    return words


def separable_words(found: Separable) -> str:
    """The separable convolution against the plain one, in Markdown."""
    one, two = found.cost, found.plain
    k, outputs = found.depthwise.size[0], found.pointwise.outputs
    return (
        f"In **{found.group}** both steps need **{one.parameters:,}** weights and {millions(one.macs)} MACs. One plain "
        f"{k}×{k} convolution of {found.depthwise.inputs} → {outputs} channels would need **{two.parameters:,}** and "
        f"{millions(two.macs)}: {two.parameters / one.parameters:.1f} times as many weights, "
        f"{two.macs / one.macs:.1f} times as many MACs."
    )


def gates_words(found: Gates) -> str:
    """Which channels are opened and which closed, in Markdown."""
    order = np.argsort(found.gates)
    low, high = (float(found.gates[index]) for index in (order[0], order[-1]))
    half = int((found.gates >= 0.5).sum())
    return (
        f"**{found.group}**: {len(found.gates)} channel means → {found.hidden} numbers → {len(found.gates)} gates "
        f"({found.function}). They lie between **{low:.5f}** (channel {int(order[0])}) and **{high:.5f}** (channel "
        f"{int(order[-1])}); {half} of {len(found.gates)} are at one half or above."
    )
