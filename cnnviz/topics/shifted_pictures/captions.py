"""What the page on shifted digits says: whole sentences, every number from a record."""

from __future__ import annotations

from cnnviz.figures.numbers import percent
from cnnviz.records.experiments import Results
from cnnviz.topics.shifted_pictures.figures import NEAR, kept, unmoved
from cnnviz.topics.shifted_pictures.records import ShiftedDigits, ShiftGrid

TITLE = "Which network still reads a digit that has moved?"
INTRODUCTION = (
    "A fully connected network has a separate weight for every pixel. A CNN of the same size looks for the same things "
    "everywhere. Both learn MNIST's centred digits and are then tested on digits moved by a few pixels."
)
NUMBERS = "The numbers"
LOCALITY = "Locality, measured"
PERMUTED_LINK = "Permuted pixels"
AGAIN = "Run it again here"
TEN = (
    "Here is the first test digit of each class. Each moves in one of eight directions, as in the experiment. Both "
    "networks were trained on digits in their normal place; a wrong answer is struck through."
)
SAID = {
    "The experiment": INTRODUCTION,
    "Ten digits": f"**Ten digits on the move.** {TEN}",
    "Your digit": (
        "**Your digit at every place.** Each cell of the map is one shift: is the answer still right there?"
    ),
}  # what each part shows: its title and a sentence


def experiment(parameters: dict[str, int], provenance: str, cut: str) -> str:
    """Below the verdict. parameters: of both networks; provenance, cut: the experiment's own sentences."""
    (one, first), (other, second) = parameters.items()
    return (
        f"{one} has {first:,} parameters, {other} has {second:,}. Whiskers show ± one standard deviation over the "
        f"seeds. {provenance} {cut}"
    ).rstrip()


def locality(permuted: Results) -> str:
    """What it costs each network to lose every pixel's neighbours, from the experiment on permuted pixels."""
    lost = {name: permuted[name].mean - permuted[f"{name}, permuted"].mean for name in ("FC", "CNN")}
    measured = (
        "A convolution assumes two things: that neighbouring pixels belong together (locality), and that what is worth "
        "finding in one place is worth finding in another (translation). Permuting the pixels of all images alike "
        f"takes away only the first. The CNN's test accuracy goes from {percent(permuted['CNN'].mean)} to "
        f"{percent(permuted['CNN, permuted'].mean)}, that of FC from {percent(permuted['FC'].mean)} to "
        f"{percent(permuted['FC, permuted'].mean)} (means of {permuted.n} seeds)."
    )
    if lost["CNN"] > 2 * abs(lost["FC"]):
        return f"{measured} That is what locality is worth to the CNN."
    return f"{measured} That is no clear answer."


def grid(found: ShiftGrid) -> str:
    """Each network's answer to the unmoved digit, and at how many places nearby it stays with it."""
    places = (2 * NEAR + 1) ** 2
    return " ".join(
        f"{name} reads {found.classes[int(middle.argmax())]} ({percent(float(middle.max()))}) where the digit is, and "
        f"at {count} of the {places} places within {NEAR} pixels of it."
        for name, middle, count in zip(found.networks, unmoved(found), kept(found), strict=True)
    )


def places(found: ShiftGrid) -> str:
    """Under the maps: what was measured, and how to look at it."""
    return (
        f"All {found.probabilities[0, :, :, 0].size} places, up to {found.reach} pixels in each direction, are "
        "measured at once. Black fills what the digit leaves. Point at a map to look at a place; click to stay there."
    )


def ten(found: ShiftedDigits) -> str:
    """How many of the ten each network reads unmoved, and at the largest shift; and where they come from."""
    right = (found.answers == found.labels).sum(-1)
    counted = " ".join(
        f"{name} reads {rows[0]} of the {len(found.labels)} digits unmoved and {rows[-1]} of them moved by "
        f"{found.amounts[-1]} pixels."
        for name, rows in zip(found.networks, right, strict=True)
    )
    return f"{counted} Test images: {found.source}."


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
SHIFT_MAP = {
    "middle": "Back to the middle",
    "drag": "Drag it, or use the arrow keys",
    "map": "{name} over all places of the digit. Arrow keys move it, Escape brings it back.",
    "digit": "The digit, moved by at most {reach} pixels. Arrow keys move it, Escape brings it back.",
    "probability": "Probability of",
    "counted": "{label} at {count} of the {places} places within {near} pixels (dashed)",
    "down": "{pixels} down",
    "up": "{pixels} up",
    "right": "{pixels} right",
    "left": "{pixels} left",
    "unmoved": "where it was",
}
SHIFTED_DIGITS = {
    "digit": "{label}, moved by {amount} {direction}",
    "pixel": "{amount} pixel",
    "pixels": "{amount} pixels",
    "reads": "{name} reads {right} of {count}",
}
