"""What the parts say that make images: for a unit, a class, a direction, and from the person's own image."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import lasting, number, percent, whole_percent
from cnnviz.topics.looks_for.records import Direction, Responses

GOAL, FREE, IMAGES = "Made for", "What may change", "Images"
STOP = "Stop here"
GOALS = {"channel": "the channel", "cell": "one cell", "class": "a class", "direction": "a direction"}
WAYS = {"waves": "all waves", "phases": "phases alone"}
WAYS_HELP = (
    "All waves: every frequency's strength and place are free. Phases alone (MACO, Fel et al. 2023): each frequency "
    "keeps the strength that it has in the images at hand, and only where its waves lie is free."
)
IMAGES_HELP = (
    "Three are made together, and kept apart: the more alike two of them are to the layer, the less they count."
)
FADED = "Fade what did not matter"
FADED_HELP = (
    "The more a pixel's gradient pulled over all steps, the more opaque it is, the upper fifth fully. The network "
    "hardly asked for what is faded: it stands there as the phases happened to fall."
)
CLASS = "Class"
ENDS = {"from": "From", "towards": "Towards"}  # of a direction
SAME = "A direction leads from one kind of images to another: choose two kinds that have at least two images each."
REAL_ALONG = "Real images farthest along"

YOURS = "From your image"
YOURS_INTRODUCTION = (
    "What does a layer still know of your image? Another image is made, from noise, until the layer says of it what it "
    "says of yours: what the layer has forgotten is free to differ. Or your image is changed so that the layer says "
    "more of whatever it sees in it already: that is DeepDream."
)
KINDS = {"known": "what the layer still knows", "dream": "more of what it sees"}
KIND, MADE, GIVEN = "Make", "Made", "Your image, as the network sees it"
NOTHING_THERE = "This layer says zero everywhere on your image: there is nothing to make it from. Another layer works."


def working(step: int, steps: int, value: float, pace: float) -> str:
    """Under the image while it comes about. pace: seconds a step."""
    left = lasting(pace * (steps - step))
    return f"Step {step} of {steps}: {number(value)}, about {left} left."


def stopped(step: int, steps: int) -> str:
    """Under an image that was stopped on its way."""
    return f"Stopped after {step} of {steps} steps."


def lengths(pace: float, choices: Sequence[int]) -> str:
    """How long each choice of steps is going to take. pace: seconds a step."""
    first, *others = (f"{steps}{{}} {lasting(pace * steps)}" for steps in choices)
    return f"Here {', '.join((first.format(' steps take about'), *(one.format(':') for one in others)))}."


def along(value: float, found: Direction, start: str, end: str, layer: str) -> str:
    """Under an image made along a direction; what is known of the direction."""
    return (
        f"It lies at {number(value)} along the way from {start} ({number(found.ends[0])} on average) to {end} "
        f"({number(found.ends[1])}) at {layer}. Of {found.images} images, each left out in turn, "
        f"{whole_percent(found.right)} lie on their own side of the middle."
    )


def scored(value: float, found: Responses, channel: int, name: str) -> str:
    """Under an image made for a class."""
    below = float((found.high[:, channel] < value).mean())
    return (
        f"Its score for {name} is {number(value)} before the softmax; over the {found.images} images it is "
        f"{number(float(found.mean[channel]))} on average, and lower than here in {percent(below)} of them."
    )


def known(left: float, layer: str) -> str:
    """Under an image made to be like another one at a layer. left: of the squared distance, in shares."""
    return (
        f"To {layer} the two images differ by {percent(left)}: the sum of the squared differences over the sum of "
        "the squares of your image's values. Where the layer sees little difference and you see much, it has "
        "forgotten much."
    )


def dreamt(before: float, after: float, layer: str) -> str:
    """Under a dream."""
    times = f"{after / before:.1f} times" if before > 0 else "more than"
    return f"The mean square of {layer} is {number(after)}, {times} the {number(before)} of your image."


def recorded(layer: str) -> str:
    """What the badge claims."""
    return f"A recording of {layer} on the made image gives the same number"
