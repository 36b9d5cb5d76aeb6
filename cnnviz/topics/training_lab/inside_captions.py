"""What the look inside says, on its panels and around them."""

from __future__ import annotations

from cnnviz.plain_text import escaped

INTRODUCTION_LIVE = (
    "While it trains: what the kernels look like, which way the gradient pulls them, what your image becomes, and "
    "whether every layer still learns."
)
INTRODUCTION_AFTER = (
    "Every snapshot of the run, on one slider: kernels, your image's maps and scores, the confusion matrix and the "
    "layers' numbers move together."
)
NO_SNAPSHOTS = "This run kept no snapshots. Runs from the sidebar keep eight."
FEW_SNAPSHOTS = "Train this network with the sidebar's settings to see every step: it keeps eight snapshots."
WAITS = "Nothing to see yet: the first look at your image comes with the next steps."
MEASURING = "Looking into every snapshot …"

TABLES = {
    "layers": ("Layer by layer", ""),  # says: `layers`
    "activations": (
        "What the activations give",
        "Dead: the share of a ReLU's units that give 0 for every image that was looked at. Saturated: the share of "
        "values at the flat ends of tanh or sigmoid, where little gradient passes. The spreads are of 16 images, zeros "
        "left out: the values, and how strongly the loss pulls at each of them (its gradient). A gradient that shrinks "
        "from the last row to the first vanishes.",
    ),
    "norms": ("Batch normalisation", "The running statistics that are used after training, over a layer's channels."),
}
COLUMNS = {
    "weights": "weights", "gradients": "gradient", "updates": "step ÷ weights", "dead": "dead",
    "saturated": "saturated", "means": "running mean (rms)", "deviations": "running deviation",
}  # fmt: skip
SPREADS = ("values spread", "gradient spread")
HISTOGRAMS = ("weights spread", "gradient spread")
WORDS = {
    "curve": "Loss and accuracy",
    "scores": "Scores of your image",
    "confusion": "Confusion (rows: true class)",
    "step": "step",
    "loss": "loss",
    "right": "test images right",
}


def kernels(layer: str, *, live: bool) -> tuple[str, str]:
    """Title and explanation of the kernels' row."""
    return f"Kernels of {layer}", "" if live else "One range for all snapshots: one sees them grow."


def gradients(layer: str, *, live: bool) -> tuple[str, str]:
    """Of the row of their gradients."""
    ranged = "" if live else "Each snapshot in a range of its own. "
    return f"Their gradients in {layer}", f"{ranged}The step goes the other way."


def words(*, own: bool) -> dict[str, str]:
    """On the panels. own: whether the image at hand is the person's, and not a test image."""
    return WORDS if own else WORDS | {"scores": "Scores of a test image"}


def maps(layer: str, *, live: bool, own: bool = True) -> tuple[str, str]:
    """Of a row of maps. own: as in `words`."""
    return f"{'Your' if own else 'A test'} image after {layer}", "" if live else "One range for all snapshots."


def layers(*, gradients: bool, steps: bool) -> str:
    """Over the table of layers, of what is drawn there: their weights, and what is known besides."""
    if steps:
        drawn = "of their gradient, and of the last step" if gradients else "and of the last step"
        rule = "Orange: one thousandth, a rule of thumb for such a step."
        return f"The size (norm) of each layer's weights, {drawn} as a share of the weights. {rule}"
    return f"The size (norm) of each layer's weights{' and of their gradient' if gradients else ''}."


def looked(looked_at: int, seconds: float) -> str:
    """How the live look is measured."""
    return (
        f"Counted on {looked_at:,} images, yours and test images. A look comes at most every {seconds:g} s and takes "
        "at most a tenth of the training's time; it changes nothing of the run."
    )


def measured(images: int, looked_at: int) -> str:
    """How the snapshots were measured."""
    return (
        f"For each snapshot the gradient is that of {images:,} training images and dead units are counted on "
        f"{looked_at:,} images (yours and test images), both in evaluation mode."
    )


def alone(remedy: str) -> str:
    """The data set is not here. remedy: its own sentence."""
    return f"Gradients, dead units and the confusion matrix need the data set's images. {escaped(remedy)}"


def cannot(problem: str) -> str:
    """Why there is nothing to look into."""
    return f"This run cannot be looked into: {escaped(problem)}"
