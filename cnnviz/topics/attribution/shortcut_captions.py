"""What the part "A planted shortcut" says, in sentences that are computed."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import percent
from cnnviz.topics.attribution.shortcut import LEAST
from cnnviz.topics.attribution.shortcut_example import Seen
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut, Pointed

PART = "A planted shortcut"
INTRODUCTION = (
    "Two networks are trained alike on images with a small patch in the corner. For one of them the patch names the "
    "class, for its twin it is drawn at random. So it is known what a true map must show: the patch in the first, and "
    "nothing of it in the second."
)
EXAMPLE, IMAGE = "Example image", "Image"
EXAMPLE_HELP = "Test images that both networks get right while the patch is there."
NETWORKS = {"cue": "The network that could use the patch", "twin": "Its twin, for which the patch means nothing"}
RUNNING = "Both networks are explained: {}."
CUE, TWIN = "uses the patch", "its twin"
CSV = "Every score, CSV"
COVERED = "the patch covers"  # of a question: how much of the image
USED, UNUSED = 0.2, 0.05  # of the test images: more than this hangs on the patch; no more than this does


def stopped(tried: int, images: int) -> str:
    """Of a trial that was stopped on its way. tried: the images that both networks have explained."""
    if tried < LEAST:
        return f"Stopped after {tried} of {images} images: {LEAST} are the fewest that say something of a method."
    return f"Stopped after {tried} of {images} images. Below is what came of these {tried}."


def uses(found: PlantedShortcut) -> str:
    """That the one network uses the patch and the other does not, by what they get right."""
    one, other = found.right["cue"], found.right["twin"]
    return (
        "Checked by their answers: with the patch in another class's colour the first network gets "
        f"{percent(one[1])} of the test images right instead of {percent(one[0])} (without a patch "
        f"{percent(one[2])}), the twin {percent(other[1])} instead of {percent(other[0])} "
        f"(without {percent(other[2])})."
    )


def verdict(found: PlantedShortcut) -> str:
    """Who finds the patch where it is used, and who points at it where it is not."""
    methods = [one for one in found.methods if not one.is_control]
    finds = [one for one in methods if one.finds(found.share)]
    alarms = [one for one in methods if one.alarms(found.share)]
    missed = [one for one in methods if not one.finds(found.share)]
    counted = f"{len(finds)} of {len(methods)} methods"
    said = f"On {found.images} images, {counted} find the patch in the network that uses it"
    said += f"; not {_listed(missed)}" if missed else ""
    if not alarms:
        return f"{said}. None points at it in the twin."
    verb = "points" if len(alarms) == 1 else "point"
    return f"{said}. {_listed(alarms)} {verb} at it in the twin, too, where it means nothing."


def doubt(found: PlantedShortcut) -> str:
    """What stands against the verdict where the networks did not learn what they were to learn; else ""."""
    said = []
    one, other = found.right["cue"], found.right["twin"]
    if one[0] - one[1] < USED:
        said.append(
            f"The first network hardly uses the patch: in another class's colour it still gets {percent(one[1])} "
            f"right instead of {percent(one[0])}. So there may be nothing to find."
        )
    if abs(other[0] - other[1]) > UNUSED:
        said.append(
            f"The twin's answers change with the patch, too ({percent(other[1])} right instead of "
            f"{percent(other[0])}), although it was drawn: with so few images it may have learned some of them by "
            "their patches. So a map that points at it need not be wrong."
        )
    return " ".join(said)


def by_hand(found: PlantedShortcut) -> str:
    """What a map that knows nothing gets."""
    return (
        f"The patch covers {percent(found.share)} of the image: a constant map has that share of its energy on it, "
        "whatever the network does. A method finds the patch where its 95 % interval lies above that, and the "
        "difference to the twin, image by image, lies above zero."
    )


def _listed(some: list[Pointed]) -> str:
    titles = [one.title for one in some]
    return titles[0] if len(titles) == 1 else ", ".join(titles[:-1]) + f" and {titles[-1]}"


def says(one: Seen) -> str:
    """Under an image: whether the patch is in it, and the network's answer."""
    where = "with the patch" if one.square else "without it"
    return f"{where}: “{one.label}” {percent(one.chance)}{'' if one.right else ', wrong'}"


def on_the_square(share: float) -> str:
    """Under a map: how much of what speaks for the class lies where the patch is."""
    return f"{percent(share)} on the patch"


def example(seen: Sequence[Seen]) -> str:
    """Under the images: what the answers did when the patch went, and what the colours are."""
    changes = []
    for name, network in (("cue", "the first network"), ("twin", "the twin")):
        there, gone = (one for one in seen if one.network == name)
        if there.label == gone.label:
            changes.append(f"{network} still says “{gone.label}”")
        else:
            changes.append(f"{network} says “{gone.label}” instead of “{there.label}”")
    return (
        f"Without the patch, {changes[0]}, and {changes[1]}. Orange speaks for the true class, blue against it; the "
        "upper and the lower map of a method share their colours. Under each map: how much of all the orange lies "
        "where the patch is."
    )
