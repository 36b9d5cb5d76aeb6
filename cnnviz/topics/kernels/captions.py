"""What the page on learned kernels says: whole sentences, every number from a record."""

from __future__ import annotations

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records import Array
from cnnviz.topics.kernels.records import Bank, History

TITLE = "What do the kernels of a trained network respond to?"
INTRODUCTION = (
    "Nobody designs a network's kernels: training changes random numbers until they respond to edges, colours and "
    "stripes. Point at a kernel: which frequency and direction does it pass, and which classic kernel is it most like?"
)
SAID = {
    "kernels": INTRODUCTION,
    "frequency": (
        "**Every kernel passes some stripes and blocks others.** Which widths and directions does each let "
        "through? Below you can try a kernel of your own."
    ),
    "likeness": (
        "**Not every kernel earns its place.** Some nearly copy another, and some have weights so small that they "
        "do nothing."
    ),
    "training": (
        "**Kernels begin as noise.** Press Play and watch training shape them; the line shows how far they have moved."
    ),
}  # what each part shows: its title and a sentence
NAMED = 24  # indices that a sentence lists at most

READING = "Reading the kernels …"
COMPARING = "Comparing every kernel with every other …"
GRADIENT = "The gradient of these kernels …"
CHECKING = "Checking …"
CHECKING_GRADIENT = "Checking the gradient …"
READING_SNAPSHOTS = "Reading the snapshots …"


PACKED = (
    "Some layers of this network compute in 8 bits, from whole numbers that PyTorch packs for the processor: their "
    "kernels are not shown here. The network as it was before it was converted shows them."
)


def no_kernels(module: str, *, packed: bool, exported: bool, axes: int = 2, alone: bool = False) -> str:
    """Why a layer has none to show, and what would. packed: it computes in 8 bits. exported: see torch.export.

    axes: of a convolution over other than two. alone: no layer of the network has kernels to show.
    """
    if packed:
        return PACKED
    if exported and not module:
        return (
            "In an exported program (`torch.export`, `torch.fx`) a function computes this layer, and no module keeps "
            "its kernels: bring the module that it was made from."
        )
    remedy = "no layer of this network has any" if alone else "choose a convolution"
    if axes != 2:
        across = "one axis" if axes == 1 else f"{axes} axes"
        remedy = "no other layer of this network has any" if alone else "choose another layer"
        return f"{module or 'This layer'} convolves over {across}. Kernels over two axes are shown: {remedy}."
    return f"{module or 'This layer'} keeps no kernels of its own: {remedy}."


def layer(title: str, key: str, bank: Bank) -> str:
    """Network, layer and size of its kernels."""
    count, inputs, height, width = bank.shape
    return (
        f"{escaped(title)} · **{key}** · {bank.operation} · {count:,} kernels of `{[inputs, height, width]}` · "
        f"{bank.weights.size:,} weights"
    )


def rows_of_linear(height: int, width: int) -> str:
    """A network without convolutions: what is shown instead. height, width: of the input, 1 × 1 for a vector."""
    if height > 1:
        return (
            "This network has no convolution. You see the rows of a linear layer, drawn as images of its "
            f"{height} × {width} input."
        )
    return "This network has no convolution. You see the rows of a linear layer, one weight per input."


# ------------------------------------------------------------------------------------------------ one kernel
def gradient_of_score(class_name: str) -> str:
    """On the switch that shows this gradient."""
    return f"gradient of the score of “{class_name}”"


def gradient_of_loss(class_name: str) -> str:
    """On the switch that shows this gradient."""
    return f"gradient of the loss if “{class_name}” is right"


def by_input(which: int) -> str:
    """Over a kernel's slices."""
    return f"Kernel {which} by input channel"


def slices(bank: Bank, which: int) -> str:
    """How many channels one kernel reads."""
    count, inputs, height, width = bank.shape
    first = bank.inputs_of(which)
    if bank.groups > 1:
        return (
            f"One of {count:,} kernels. It reads channels {first[0]} to {first[-1]} of the input, each through its own "
            f"slice of {height} × {width} weights. Choose another kernel above."
        )
    return (
        f"One of {count:,} kernels. It reads all {inputs:,} channels of the input, each through its own slice of "
        f"{height} × {width} weights. Choose another kernel above."
    )


def on_the_image(which: int) -> str:
    """Over the image and the kernel's map."""
    return f"Kernel {which} on the image"


NETWORK_INPUT = "the network's input"


def feature_map(values: Array) -> str:
    """Under a kernel's feature map. values: [1, H, W]."""
    _, height, width = values.shape
    low, high = number(float(values.min())), number(float(values.max()))
    return f"its feature map, {height} × {width}, from {low} to {high}"


def after_activation(operation: str, values: Array) -> str:
    """Under the map after the activation. values: [1, H, W]."""
    return f"after {operation}: {percent(float((values == 0).mean()))} of the cells are zero"


def checked(which: int) -> str:
    """Over the checks of one kernel."""
    return f"Kernel {which}, computed in a second way:"


NOT_CHECKED = "The gradient is not checked for a network of this size: a float64 copy would be too slow."


# ------------------------------------------------------------------------------------------------ frequencies
POINTWISE = (
    "A 1 × 1 kernel mixes channels and reads a single pixel, so it responds equally to every frequency. Choose a layer "
    "with larger kernels."
)
OWN_HEADING = "A kernel of your own"
OWN = "Start from a classic kernel and type other numbers: response, direction and similarity follow."
OWN_TITLE = "your kernel"


def response(inputs: int) -> str:
    """What a frequency response shows; its power is summed over the inputs."""
    if inputs == 1:
        return (
            "A kernel's response shows how strongly it passes stripes of each width and direction. The middle is a "
            "constant image, the edge stripes two pixels wide. Directions say how edges and stripes run, in degrees "
            "anticlockwise from horizontal."
        )
    return (
        "A kernel's response shows how strongly it passes stripes of each width and direction; its power is summed "
        f"over {inputs:,} inputs. The middle is a constant image, the edge stripes two pixels wide. Directions say "
        "how edges and stripes run, in degrees anticlockwise from horizontal."
    )


def own_table(size: int) -> str:
    """Over the table of weights."""
    return f"{size} × {size} weights"


# ------------------------------------------------------------------------------------------------ duplicates and dead
DUPLICATES = "Near duplicates"
NO_SHAPE = "A single weight has no shape: these kernels differ only in size. Choose another layer."
DEAD_HEADING = "Dead kernels"


def cosine(size: int) -> str:
    """What the similarity map shows. size: weights of a kernel."""
    return (
        f"The cosine between two kernels of {size:,} weights is 1 if they differ only in size, −1 if one is the "
        "other's negative. Move the threshold: pairs beyond it are drawn, and counted beside what random directions "
        "would give."
    )


def dead_by_norm(dead: Array, norms: Array, *, share: float) -> str:
    """Kernels whose norm is at most `share` of the layer's median. dead: [O] bool; norms: [O]."""
    bound = number(share * float(np.median(norms)))
    if not dead.any():
        return (
            f"**By norm:** none of {len(dead):,} kernels has a norm of at most {percent(share)} of the layer's median "
            f"(that is {bound})."
        )
    return (
        f"**By norm:** {int(dead.sum()):,} of {len(dead):,} kernels have a norm of at most {percent(share)} of the "
        f"layer's median (that is {bound}): {_listed(dead)}."
    )


def silent(flags: Array, key: str) -> str:
    """Channels of the map `key` that are constant on this image. flags: [O] bool."""
    if not flags.any():
        return f"**On this image:** none of {len(flags):,} channels of `{key}` has the same value in every cell."
    return (
        f"**On this image:** {int(flags.sum()):,} of {len(flags):,} channels of `{key}` have the same value in every "
        f"cell: {_listed(flags)}. On another image they may be active."
    )


def _listed(flags: Array) -> str:
    places = np.flatnonzero(flags)
    named = ", ".join(str(place) for place in places[:NAMED])
    return named if len(places) <= NAMED else f"{named} and {len(places) - NAMED:,} more"


# ------------------------------------------------------------------------------------------------ while training
NO_SNAPSHOTS = "No run has kept snapshots: start one in the training lab."
DIVERGED = "This run diverged: some of its weights are not finite. Choose another run."


def cannot_be_shown(problem: str) -> str:
    """Snapshots that cannot be read. problem: why."""
    return f"These snapshots cannot be shown: {problem}"


def history(title: str, found: History, accuracy: float | None) -> str:
    """Which kernels of which run, over which steps. accuracy: on the test split at the end, None if not measured."""
    count, inputs, height, width = found.bank.shape
    steps = f"{len(found.steps)} snapshots, steps {found.steps[0]:,} to {found.steps[-1]:,}"
    if accuracy is None:
        return f"**{escaped(title)}** · {found.bank.layer} · {count:,} kernels of `{[inputs, height, width]}` · {steps}"
    return (
        f"**{escaped(title)}** · {found.bank.layer} · {count:,} kernels of `{[inputs, height, width]}` · {steps} · "
        f"final test accuracy {percent(accuracy)}"
    )


def permuted(note: str) -> str:
    """A run on permuted pixels. note: how the run's card says it."""
    return f"This run was {note}: neighbours in the kernel are not neighbours in the image."


def kernel_of(layer_name: str, output: int) -> str:
    """The title of one kernel's slices."""
    return f"{layer_name}, kernel {output}"


def every_slice(layer_name: str) -> str:
    """The title of all slices of a layer."""
    return f"{layer_name}, every slice"
