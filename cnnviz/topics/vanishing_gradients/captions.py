"""What the page on vanishing gradients says: whole sentences, every number from the experiment."""

from __future__ import annotations

TITLE = "What happens to a gradient as it passes back through many layers?"
INTRODUCTION = (
    "In the backward pass every activation multiplies the gradient by its slope, and a sigmoid's slope is never above "
    "0.25. Here networks train with sigmoid, tanh and ReLU, with and without help, and the gradient of every layer is "
    "measured throughout."
)
SAID = {
    "LeNet-5": INTRODUCTION,
    "Sixteen convolutions": (
        "**The same, sixteen convolutions deep.** Which activation, and which help, brings the gradient back to "
        "the first layer?"
    ),
}  # what each part shows: its title and a sentence
ACTIVATIONS, HELP = "Activations", "Help"
BY_LAYER = "**The gradient of every layer, at the step that you choose**"
EVERY_NORM = "Every gradient norm (CSV)"
STACK_LINK = "Vary a stack of layers yourself"
AGAIN = "Run it again here"
LENET_TABLE = (
    "Right: test images classified correctly, mean of the seeds ± its 95 % interval. First/last: the gradient norm of "
    "the first layer divided by that of the last, median of the seeds."
)


def deep_table(cut: str) -> str:
    """Under the table of sixteen convolutions. cut: the sentence that says what was made smaller than in the papers."""
    return (
        "Test images classified correctly, mean of the seeds ± its 95 % interval. “Both” is BatchNorm together with "
        f"skips. A × marks a run that diverged: its loss was no longer a finite number. {cut}"
    )


def nothing_measured(reason: str) -> str:
    """Instead of a chart. reason: the figure's own sentence, without its full stop."""
    return f"{reason}."
