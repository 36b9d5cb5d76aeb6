"""What the part "Without it" says: cuts, what they change, and what does not follow from that."""

from __future__ import annotations

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.records.outputs import Score
from cnnviz.topics.looks_for.records import Cut, Operated

ASKED = "channel {} of {}"  # in a question
PART = "Without it"
INTRODUCTION = (
    "Switch a channel off, or make it stronger, or take one number out of its kernel, and see what becomes of the maps "
    "after it and of the answer. The network itself stays as it is."
)
CHANNEL, GAIN, WHAT, SEEN, TAP = "Channel", "Strength", "Change", "See the maps of", "Input, row, column"
GAIN_HELP = "0 switches it off, 1 leaves it as it is."
KINDS = {"channel": "the channel", "tap": "one number of its kernel"}
NO_KERNEL = "Choose a convolution, and one number of its kernel can be changed, too."
KEEP, UNDO = "Keep this and change another", "Undo the last"
BEFORE, AFTER, DIFFERENCE = "as it is", "changed", "the difference"
CAVEAT = (
    "If nothing changes, the channel may still be of use: another one may say the same here, and on another image it "
    "may count. If much changes, that does not tell what the channel is for."
)


def cut(one: Cut, weight: float | None = None) -> str:
    """One cut in words. weight: of its tap."""
    what = f"channel {one.channel} of {one.layer}"
    if one.tap is not None:
        there = "" if weight is None else f" ({number(weight)})"
        what = f"number {list(one.tap)}{there} of the kernel of {what}"
    return f"{what} off" if one.gain == 0 else f"{what} × {one.gain:g}"


def kept(cuts: tuple[Cut, ...]) -> str:
    """What is cut besides the one at hand."""
    return "Kept: " + "; ".join(cut(one) for one in cuts) + "."


def answer(before: tuple[Score, ...], after: tuple[Score, ...]) -> str:
    """What becomes of the likeliest class."""
    if not before or not after:
        return "The changed network gives numbers that are not finite."
    first = before[0]
    now = next(one for one in after if one.index == first.index)
    was, is_now = percent(first.probability), percent(now.probability)
    said = f"{first.label} stays at {was}" if was == is_now else f"{first.label} goes from {was} to {is_now}"
    if after[0].index == first.index:
        return f"{said}; the answer stays."
    return f"{said}; the answer is now {after[0].label} with {percent(after[0].probability)}."


def maps(found: Operated, key: str, shown: int) -> str:
    """Over the maps of a layer."""
    count, whole = found.changed(key), len(found.before[key])
    if count == 0:
        return f"None of the {whole} channels of {key} changes on this image."
    most = f"The {shown} that change most" if shown < count else "This one" if count == 1 else "All of them"
    said = f"All {whole}" if count == whole else f"{count} of the {whole}"
    return f"{said} channels of {key} {'changes' if count == 1 else 'change'}. {most}:"


def flat(found: Operated, key: str, channels: list[int]) -> str:
    """Under the differences: why each is one colour, where all of them are; "" elsewhere."""
    moved = (found.after[key] - found.before[key])[channels].reshape(len(channels), -1)
    if moved.shape[1] < 2 or (np.ptp(moved, axis=1) > 1e-3 * np.abs(moved).max(1)).any():
        return ""
    return "Each difference is one colour: what was changed says the same in every cell here, so all cells move alike."


def row(title: str, channels: list[int]) -> str:
    """Over a row of maps."""
    return f"{title}: {'channel' if len(channels) == 1 else 'channels'} {', '.join(map(str, channels))}"


def proven(count: int) -> str:
    """What the badge claims."""
    what = "this change" if count == 1 else f"these {count} changes"
    return f"A copy of the network with {what} in its weights gives the same output"
