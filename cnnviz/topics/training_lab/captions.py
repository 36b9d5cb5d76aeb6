"""What the training lab says: whole sentences; names from outside are escaped where the sentence is Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import percent
from cnnviz.plain_text import escaped
from cnnviz.topics.training_lab.calibration import Calibration
from cnnviz.topics.training_lab.confusion_figures import confusions
from cnnviz.topics.training_lab.gallery_figures import GalleryTile

TITLE = "How does a network learn?"
INTRODUCTION = (
    "Train a network here and now, or set up one of your own by “Train a network” on top. Where does it stop getting "
    "better, and what does it still confuse?"
)
DEMONSTRATION = "Train one now"
DEMONSTRATION_HELP = "LeNet-5 on handwritten digits, for 20 seconds. Runs before it are kept."
NO_RUN = "There is no run yet. Train one: “Train a network” on top."
RUN, UNDER_WAY = "Run", "under way"
UNCHANGED = "Nothing has been changed on the way. Drag a slider, and it takes the new value at once."
CHANGE = "Change it while it trains: exact numbers"
CONFIG = "Config"
STOP, EXPLORE, EIGHT_OTHERS = "Stop", "Explore this network", "Draw eight others"
MAP, MAP_HELP = "Map its features", "Where each of its layers puts many images: do the classes part?"
GO_ON, DELETE, UNDO = "Go on", "Delete", "Undo"
GO_ON_HELP = "It was cut off. It goes on from its last saved step, as if nothing had happened."
DELETE_HELP = "It goes to the trash, with its curves and weights. You can undo that."
STATE_KEPT = "What it goes on from takes {size}, and is kept until you need the room for other things."
NOTES, NAME, NOTE = "Name and notes", "What this run is called", "Notes"
PARTS = ("One run", "Inside", "Compare runs")
AGAIN, RESET = "Train again", "Reset"
AGAIN_HELP = "The same settings from the start, as another take. This run is kept."
RESET_HELP = "Back to step 0: another take that waits for Continue or One step. This run is kept."
BY_CLASS = "Test images, class by class"
CONFUSION_WORDS = {
    "caption": "A row is a true class, a column what the network says. Click a cell to see its images.",
    "corner": "", "is": "it is", "said": "the network says",
}  # fmt: skip
MOVED = "What moved, layer by layer"
MOVED_HELP = (
    "How far training took each layer's weights from where they began: the length of the change, as a share of the "
    "length of the weights. “kept”: not one number changed."
)
EIGHT = "Eight test images"
MISTAKES, MISTAKES_SHOWN, THE_WORST = "What it gets wrong", "Mistakes", "the surest of all"
NO_MISTAKES = "It classifies all of these images correctly."
CALIBRATION = "Is it as often right as it is sure?"
BRING = "Bring a network back (ZIP)"
ELSEWHERE = "Send it to a tracker"
TENSORBOARD = "TensorBoard files (ZIP)"
TENSORBOARD_HELP = "Unpack it below a folder, then: tensorboard --logdir that folder"
NO_TENSORBOARD = 'TensorBoard files need an extra: `pip install "cnnviz[tensorboard]"`'
TRACKERS = "Python that sends its curves:"
TAKE = "Take this network away (ZIP)"
TAKEN = (
    "Weights, settings and curves, a model card as Hugging Face's hub reads it, and a script that classifies an image "
    "with PyTorch alone."
)
ONNX = "As an ONNX file"
ONNX_HELP = "For onnxruntime and whatever else reads ONNX: phones, browsers, C++."
ONNX_WRITING = "Writing it, and running it beside the network …"
ONNX_WRITTEN = "Tried with 1, 2 and 5 images at a time: onnxruntime gives the network's own scores."
NO_ONNX = 'For an ONNX file there is an extra: `pip install "cnnviz[onnx]"`'


def bring_help(megabytes: int) -> str:
    """On the field for the zip. megabytes: the most that it may have."""
    return f"A zip that was taken away here, on this computer or on another, up to {megabytes} MB"


def own_run(title: str, state: str, number: str, *, name: str = "", told: str = "", take: str = "") -> str:
    """A line of the list of runs. state: "under way", …; name: its own; told: what tells it from others of its kind;
    number: of its id what is not in the title."""
    return " · ".join(part for part in (name, title, told, take, state, number) if part)


def take(number: int) -> str:
    """One of several runs of the very same settings."""
    return f"take {number}"


def somebodys(line: str, whose: str) -> str:
    """A line of a teacher's list, of another visitor's run."""
    return f"{whose} · {line}"


def shipped_run(title: str) -> str:
    """A line of the list of runs, of one that comes with the project."""
    return f"{title} · ships with cnnviz"


def brought(title: str, run_id: str) -> str:
    """A network that came in a zip."""
    return f"{escaped(title)} is here as {escaped(run_id)}."


def gone(run_id: str) -> str:
    """The run of a link is no longer there."""
    return f"The run {escaped(run_id)} no longer exists. Choose another."


def deleted(run_id: str) -> str:
    """The run that was deleted last."""
    return f"{escaped(run_id)} is in the trash."


def empty_trash(count: int, others: int = 0) -> str:
    """A button: what lies in the trash is removed for good. others: how many of other people's lie there, and stay."""
    said = f"Empty the trash: {count} {'run' if count == 1 else 'runs'}, for good"
    return f"{said} ({others} of other visitors {'stays' if others == 1 else 'stay'})" if others else said


def failed(message: str) -> str:
    """Why a run ended early."""
    return f"The run failed: {escaped(message)}"


def no_images(remedy: str) -> str:
    """The test images are not on this computer. remedy: the data set's own sentence."""
    return f"The test images are not here. {remedy}"


def no_onnx_file(why: str) -> str:
    """Why this network cannot be exported."""
    return f"There is no ONNX file of this network: {escaped(why)}."


def confused(counts: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    """The commonest confusions, a sentence each; empty where nothing was confused. counts: [K, K], rows true."""
    return " ".join(_confused(*found) for found in confusions(counts, classes))


def _confused(true: str, said: str, count: int, total: int) -> str:
    if count == 1:
        return f"1 of {total:,} images of {escaped(true)} is taken for {escaped(said)}."
    return f"{count:,} of {total:,} images of {escaped(true)} are taken for {escaped(said)}."


def right(tiles: Sequence[GalleryTile]) -> str:
    """How many of the images are classified correctly."""
    return f"{sum(tile.right for tile in tiles)} of {len(tiles)} classified correctly"


def a_pair(true: str, said: str, count: int) -> str:
    """A choice in the list of mistakes."""
    return f"{true} taken for {said} ({count:,})"


def not_moved(why: str) -> str:
    """Why the weights of before are not known."""
    return f"The weights that this run began with cannot be made again: {escaped(why)}"


def both(trained: int, of_trained: int, tested: int, of_tested: int, said: float | None) -> str:
    """Training and test images under the same conditions. said: the last epoch's own training accuracy."""
    first = (
        f"**With dropout off and nothing augmented**, {percent(trained / of_trained)} of {of_trained:,} training "
        f"images and {percent(tested / of_tested)} of {of_tested:,} test images are right."
    )
    if said is None:
        return first
    return f"{first} While it trained, the last epoch gave {percent(said)}: a mean over changing weights."


def cell(true: str, said: str, shown: int, looked: int) -> str:
    """Over the images of a cell of the confusion matrix. shown: how many; looked: test images that were looked at."""
    what = f"{escaped(true)}, recognised" if true == said else f"{escaped(true)}, taken for {escaped(said)}"
    if not shown:
        return f"**{what}**: none among the {looked:,} test images that are looked at here."
    return f"**{what}**: the {shown} of which the network is surest, among {looked:,} test images."


def mistakes(wrong: int, count: int) -> str:
    """How many of the images that were looked at are wrong."""
    return f"{wrong:,} of {count:,} test images are wrong. Shown are those of which the network is surest."


def calibrated(found: Calibration) -> str:
    """The expected calibration error in words, and on which side it lies."""
    sure = float(np.nansum(found.counts * found.confidence)) / found.n
    right = float(np.nansum(found.counts * found.accuracy)) / found.n
    side = "surer than right" if sure > right else "right more often than sure"
    return (
        f"On {found.n:,} test images it is {percent(sure)} sure on average, and right for {percent(right)}: {side}. "
        f"The bars lie {100 * found.error:.1f} points from the line on average. That is called the expected "
        "calibration error."
    )


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
GALLERY = {
    "right": "right",
    "truth": "it is {label}",
    "runner_up": "then {label}",
}
INSIDE_VIEW = {
    "step": "{step} of {steps}",
    "right_on_average": "classes right on average: {share}",
}
