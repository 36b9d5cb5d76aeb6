"""Sentences that several topics say of one figure: runs, experiments, gradients by layer, folded graphs.

Whole sentences with named values; what a figure computes for them stands beside the figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import number, power
from cnnviz.records.proofs import Proof

NOTHING_TRAINED = "Nothing has been trained yet."
NO_STEP = "No step has been taken yet."
MORE_OF_THE_VERDICT = "What else the numbers say"


# ------------------------------------------------------------------------------------------------ one run
def run(first: float, last: float, steps: int, *, without_loss: int, right: float | None) -> str:
    """A run's loss and accuracy. last: of the running mean. without_loss: steps. right: share of the test, 0 to 1."""
    said = [f"In {steps:,} steps the loss went from {first:.2f} to {last:.2f} (running mean)."]
    if without_loss:
        said.append(f"In {without_loss:,} of them the loss was not a finite number: the run diverged.")
    if right is not None:
        said.append(f"The network gets {100 * right:.1f} % of the test images right.")
    return " ".join(said)


def changed(changes: Sequence[tuple[int, str]]) -> str:
    """What a person changed while the run went on. changes: (step, "learning rate 0.1", or "" for the config's own)."""
    said = (
        f"after {step:,} {'step' if step == 1 else 'steps'} {values or 'as the config has it'}"
        for step, values in changes
    )
    return f"Changed on the way: {'; '.join(said)}."


# ------------------------------------------------------------------------------------------------ experiments
def provenance(*, runs: int, seeds: int, cells: int, seconds: float, machines: str, versions: str) -> str:
    """Where an experiment's numbers come from."""
    each = "one seed" if seeds == 1 else f"{seeds} seeds"
    return (
        f"{runs} runs: {each} for each of {cells} settings, {seconds:,.0f} s of training and testing together; "
        f"{machines}; torch {versions}."
    )


def half_right(label: str, step: int | None) -> str:
    """When a network first gets half of a training batch right; None where it never does."""
    if step is None:
        return f"{label} never gets half of a batch right."
    return f"{label} gets half of a batch right after about {step:,} steps."


def grid_cell(accuracy: str, *, diverged: int, runs: int) -> str:
    """A cell of a grid: its accuracy, and how many of its runs diverged."""
    if not diverged:
        return accuracy
    lost = f"diverged in {diverged} of {runs}"
    return lost if diverged == runs else f"{lost}, {accuracy}"


# ------------------------------------------------------------------------------------------------ gradients by layer
def first_layer(lowest: tuple[str, str] | None, highest: tuple[str, str] | None, without: Sequence[str]) -> str:
    """What share of the last layer's gradient reaches the first. lowest, highest: (share, setting)."""
    said = []
    if lowest is not None and highest is not None and lowest != highest:
        said.append(
            f"The first layer gets {lowest[0]} of the last layer's gradient in “{lowest[1]}”, "
            f"and {highest[0]} in “{highest[1]}”."
        )
    elif lowest is not None:
        said.append(f"The first layer gets {lowest[0]} of the last layer's gradient in “{lowest[1]}”.")
    if without:
        said.append(f"No longer a number: {', '.join(without)}.")
    return " ".join(said)


def norms_key(runs: int, *, slope: bool, lost: bool) -> str:
    """What the marks of the charts by layer mean. runs: the fewest of any cell."""
    said = [
        "Each point is the norm of the loss's gradient by one layer's parameters, from the first convolution or linear "
        "layer to the last. All charts share one logarithmic scale. At the right of a name: test images right at the "
        "end.",
        "One run." if runs == 1 else f"Median of n = {runs} runs.",
    ]
    if slope:
        said.append(
            "The dashed line is 0.25ᵏ of the last layer's, k layers below it: the most that the sigmoid's slope of "
            "0.25 lets through."
        )
    if lost:
        said.append("A cross at the top marks what is no longer a number.")
    return " ".join(said)


def line_key(drawn: Sequence[str]) -> str:
    """What colours and dashes mean. drawn: "BatchNorm dashed" and the like."""
    return f"Colours as above; {', '.join(drawn)}. The pointer names a line. Choose fewer above to see them apart."


def slope_bound(label: str, *, between: int, steepest: float, bound: str, measured: str, below: bool, each: str) -> str:
    """What a sigmoid's slopes let through, beside what was measured. bound, measured, each: as printed."""
    return (
        f"“{label}”: {between} sigmoids lie between the first layer's weights and the last one's. Their slopes, at "
        f"most {steepest:g} each, let through at most {power(steepest, between)} = {bound}. Measured at the first "
        f"step: {measured}, {'below' if below else 'above'} it, or {each} per layer. The bound is that of the slopes "
        "alone: weights that lengthen a vector can exceed it."
    )


# ------------------------------------------------------------------------------------------------ graphs
def graph(title: str, *, operations: int, boxes: int, meetings: int) -> str:
    """How many operations a network has, and how few boxes they fold into."""
    said = f"{title} has {operations:,} operations, folded into {boxes} boxes here."
    if meetings == 1:
        said += " One of them joins several branches."
    elif meetings:
        said += f" {meetings} of them join several branches."
    return said


def repeat(operation: str, count: int, *, same: bool) -> str:
    """The block that comes most often in a row."""
    if same:
        return f"The longest chain is {count} × {operation}, all alike."
    return f"The longest chain is {count} × {operation}; they differ in their number of channels."


# ------------------------------------------------------------------------------------------------ proofs
def checked(held: int, count: int) -> str:
    """How many of the numbers above hold that were computed a second way."""
    return f"Checked: {held} of {count}"


def proof(one: Proof) -> str:
    """A claim, how far its two ways lie apart, and the tolerance where it is exceeded."""
    beyond = "" if one.holds else f", beyond the {number(one.tolerance)} that rounding explains"
    return f"{one.claim}: largest difference **{number(one.difference)}**{beyond}"


# ------------------------------------------------------------------------------------------------ what takes its time
STOP, GO_ON = "Stop", "Go on"


# ------------------------------------------------------------------------------------------------ many images
IMAGES, HOW_MANY = "Images", "How many"
PREPARING_IMAGES = "The images are cut and resized …"


def usual_images(title: str) -> str:
    """The first entry of a list of images. title: of those that the network was made for."""
    return f"this network's own: {title}"


def images_button(title: str) -> str:
    """What the button says behind which the images are chosen."""
    return f"Images: {title.split(',')[0]}"


def images_unread(reason: str) -> str:
    """Why these images cannot be had. reason: the data set's own sentence."""
    return f"These images cannot be read: {reason.rstrip('.')}. Others are in the list."
