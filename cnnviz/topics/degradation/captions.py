"""What the page on degradation and shortcuts says: whole sentences, every number from a record.

Gradients that grow: G. Yang et al., A Mean Field Theory of Batch Normalization (2019), https://arxiv.org/abs/1902.08129
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import number, percent
from cnnviz.records.experiments import Results
from cnnviz.records.gradient_norms import gradient_norms
from cnnviz.topics.degradation.records import DepthPlan, Ratios, StartNorms, ratios

LARGE = 30.0  # times the last layer's gradient: a first layer that gets more learns out of all proportion

TITLE = "Is a deeper network worse even on its training images, and do shortcuts help?"
INTRODUCTION = (
    "A deeper network can do all that a shallower one can: its further layers need only pass on what they get. Simply "
    "stacked, layers learn this badly. He et al. (2015) add a shortcut around each pair of layers, so that the pair "
    "only computes what is added to its input."
)
AGAIN = "Run it again here"
PLANS = "The networks' plans"
ALL_LAYERS_LINK = "All layers of any network, and its graph"

EVERY_NORM = "Every gradient norm (CSV)"
VANISHING_LINK = "Where gradients do vanish: sigmoid, tanh, depth"
NO_GRADIENTS = "No run has measured its gradients yet."

RATIO = (
    "A block passes x on and adds F(x). The ratio ‖F(x)‖ / ‖x‖ says how much the block changes; it is a mean over 256 "
    "test images."
)
NO_RESIDUAL = "No residual network has been trained yet."
LAGGING = (
    "The ratios are measured in eval mode. In the first steps the running statistics of batch normalisation lag behind "
    "those of the batches, so the ratios there differ from those that training itself sees."
)
NUMBERS = "The numbers"
BLOCK_LINK = "Open a residual block on your image"

KINDS = (
    "Where the maps become half as wide and twice as many, x no longer fits F(x). *Padding* takes every second cell "
    "and adds channels of zeros. A *1×1 convolution* learns the change. *Identity at the start* sets the scale of the "
    "last normalisation in every branch to 0, so F(x) = 0 and every block passes on what it gets."
)
WHILE_THEY_TRAIN = "What the blocks add while they train"

AT_START = (
    "Your image goes through a CIFAR ResNet whose weights are drawn from a seed and not trained. The image is "
    "normalised by its own mean and standard deviation. This is what training starts from."
)
SAID = {
    "The experiment": INTRODUCTION,
    "Gradients": (
        "**Is it the gradient?** Press Play and see whether it reaches the first layer of each network while they "
        "train."
    ),
    "Blocks": f"**How much a block changes.** {RATIO}",
    "Shortcuts": f"**Where the maps shrink.** {KINDS}",
    "Your image": f"**Your image before any training.** {AT_START}",
}  # what each part shows: its title and a sentence
LAYERS, SHORTCUT, SEED, IDENTITY = "Layers", "Shortcut", "Seed", "Identity at the start"
SHORTCUTS = {"padding": "padding", "projection": "1×1 convolution"}


# ---------------------------------------------------------------------------------------------------- the experiment
def errors(cut: str, provenance: str) -> str:
    """Under the table of errors. cut, provenance: the experiment's own sentences."""
    return (
        "The training error is that of each training batch, in training mode, before the step that learns from it. "
        "Bands run from the lowest to the highest seed; ± is one standard deviation over the seeds. "
        f"{smaller(cut, provenance)}"
    )


def smaller(cut: str, provenance: str) -> str:
    """What was made smaller than in the paper, and what was trained where."""
    return f"What was cut: {cut} {provenance}"


def missing(labels: Sequence[str]) -> str:
    """Which cells have no run yet."""
    return f"Not trained yet: {', '.join(labels)}. The verdict follows when they are."


def nothing_measured(reason: str) -> str:
    """Instead of a chart. reason: the figure's own sentence, without its full stop."""
    return f"{reason}."


def plans(plain: DepthPlan, residual: DepthPlan, names: tuple[str, str]) -> str:
    """What a shortcut costs. names: what both are called in the table below."""
    parameters, macs = residual.parameters - plain.parameters, residual.macs - plain.macs
    if not parameters and not macs:
        return (
            f"{names[1]} is {names[0]} plus {residual.additions} additions: no more parameters and no more "
            "multiply-adds."
        )
    return (
        f"{names[1]} is {names[0]} plus {residual.additions} additions: {parameters:,} more parameters and "
        f"{macs:,} more multiply-adds."
    )


# --------------------------------------------------------------------------------------------------------- gradients
def gradients(found: Results) -> str:
    """How much of the last layer's gradient each network's first layer gets, at the first step and at the end."""
    shares = {
        one.cell.label: (float(norms.share[0]), float(norms.share[-1]))
        for one in found.cells
        if (norms := gradient_norms(one)) is not None
    }
    if not shares:
        return NO_GRADIENTS
    said = "; ".join(f"{label}: {number(first)} and {number(last)}" for label, (first, last) in shares.items())
    measured = (
        "The gradient norm of the first layer divided by that of the last, at the first and at the last step: "
        f"{said}. The paper (section 4.1) argues that vanishing gradients are unlikely to be the cause of degradation, "
        "because batch normalisation follows every convolution."
    )
    grown = [label for label, (first, _) in shares.items() if first > LARGE]
    if not grown:
        return measured
    return (
        f"{measured} At the first step the gradient does not vanish in the backward pass. It grows in "
        f"{', '.join(grown)}, as Yang et al. (2019) prove for batch normalisation without shortcuts."
    )


# ------------------------------------------------------------------------------------------------------------ blocks
def blocks(found: Results) -> str:
    """Whether the deeper network's blocks change less, as the paper's figure 7 has it; with numbers."""
    measured = [item for one in found.cells if (item := ratios(one)) is not None]
    if not measured:
        return NO_RESIDUAL
    said = "; ".join(
        f"{item.cell}: {number(float(item.values[0].mean()))} at step {item.steps[0]}, "
        f"{number(float(item.values[-1].mean()))} at step {item.steps[-1]}"
        for item in measured
    )
    means = f"‖F(x)‖ / ‖x‖, mean over the blocks. {said}."
    depths = sorted((len(item.blocks), float(item.values[-1].mean())) for item in measured)
    if depths[0][0] == depths[-1][0]:
        return means
    if depths[-1][1] < depths[0][1]:
        return (
            f"{means} A block of the deeper network changes less of what passes through it, as in the paper's figure 7."
        )
    return (
        f"{means} Here a block of the deeper network changes what passes through it just as much, or more. In the "
        "paper's figure 7, after 64,000 steps, it changes less."
    )


def moment(measured: Sequence[Ratios], moment: int) -> str:
    """Above the chart, at the step that is scrubbed. moment: the index of the step."""
    said = "; ".join(f"{item.cell} {number(float(item.values[moment].mean()))}" for item in measured)
    return f"‖F(x)‖ / ‖x‖, mean over the blocks: {said}"


# --------------------------------------------------------------------------------------------------------- shortcuts
def cost(padding: DepthPlan, projection: DepthPlan) -> str:
    """What the 1×1 convolutions cost."""
    more = projection.parameters - padding.parameters
    return (
        f"The 1×1 convolutions and their normalisation add {more:,} parameters to {padding.parameters:,} "
        f"({percent(more / padding.parameters)}) and {projection.macs - padding.macs:,} multiply-adds to "
        f"{padding.macs:,}. "
        "Padding and the identity start add none."
    )


# --------------------------------------------------------------------------------------------------------- one image
def start(found: StartNorms) -> str:
    """What the first and the last block add, and that an identity start adds nothing."""
    if not found.branch.any():
        return (
            f"Every branch of {found.title} adds exactly 0: the image passes all {len(found.blocks)} blocks along "
            "their shortcuts alone, and training decides which block is the first to change that."
        )
    share = found.branch / found.x
    return (
        f"Before any training, the first block of {found.title} adds {number(float(share[0]))} times what it gets, the "
        f"last block {number(float(share[-1]))} times. Every branch ends in a normalisation, while what the shortcuts "
        "carry grows with each addition within a stage."
    )
