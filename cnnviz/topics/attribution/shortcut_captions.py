"""What the part "A planted shortcut" says, in sentences that are computed."""

from __future__ import annotations

from cnnviz.topics.attribution.shortcut_records import Pointed, Shortcut

PART = "A planted shortcut"
INTRODUCTION = (
    "Two networks were trained alike on shapes with a small square in the corner. For one of them the square's colour "
    "named the class, for its twin it was drawn at random. So it is known what a true map must show: the square in the "
    "first, and nothing of it in the second."
)
RUNNING = "Both networks are explained: {:.0%}. Any click stops it."
CUE, TWIN = "uses the square", "its twin"
CSV = "Every score, CSV"


def uses(found: Shortcut) -> str:
    """That the one network uses the square and the other does not, by what they get right."""
    one, other = found.right["cue"], found.right["twin"]
    return (
        f"Checked by their answers: with the square in another class's colour the first gets {one[1]:.1%} of the test "
        f"images right instead of {one[0]:.1%} (without a square {one[2]:.1%}), the twin {other[1]:.1%} instead of "
        f"{other[0]:.1%} (without {other[2]:.1%})."
    )


def verdict(found: Shortcut) -> str:
    """Who finds the square where it is used, and who points at it where it is not."""
    methods = [one for one in found.methods if not one.is_control]
    finds = [one for one in methods if one.finds(found.share)]
    alarms = [one for one in methods if one.alarms(found.share)]
    missed = [one for one in methods if not one.finds(found.share)]
    counted = f"{len(finds)} of {len(methods)} methods"
    said = f"On {found.images} images, {counted} find the square in the network that uses it"
    said += f"; not {_listed(missed)}" if missed else ""
    if not alarms:
        return f"{said}. None points at it in the twin."
    verb = "points" if len(alarms) == 1 else "point"
    return f"{said}. {_listed(alarms)} {verb} at it in the twin, too, where it means nothing."


def by_hand(found: Shortcut) -> str:
    """What a map that knows nothing gets."""
    return (
        f"The square covers {found.share:.2%} of the image: a constant map has that share of its energy on it, "
        "whatever the network does. A method finds the square where its 95 % interval lies above that, and the "
        "difference to the twin, image by image, lies above zero."
    )


def _listed(some: list[Pointed]) -> str:
    titles = [one.title for one in some]
    return titles[0] if len(titles) == 1 else ", ".join(titles[:-1]) + f" and {titles[-1]}"
