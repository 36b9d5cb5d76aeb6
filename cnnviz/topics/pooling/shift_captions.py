"""What the pooling page says about shifts and turns: every number from the measured cosines and classes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cnnviz.topics.pooling.shift_records import Exchanged, Motion, Shifts

TITLES = {
    "before": "before",
    "max": "max",
    "average": "average",
    "stride": "stride",
    "blur": "blur + stride",
    "max_blur": "max + blur",
}
NOTABLE = 2.0  # px, at which the sentences compare: a shift that nobody sees
HOW_MANY = "This image alone, or nine more: they give a mean, a range, and how similar any two images are"
MEASURING = "Every image goes through the network at 17 shifts and 13 angles …"


def verdict(shifts: Shifts) -> tuple[str, ...]:
    """What was measured, in sentences: pooling at one place, the ways against each other, depth, the class itself."""
    return tuple(sentence.replace("-0.", "−0.") for sentence in _verdict(shifts))


def _verdict(shifts: Shifts) -> Iterator[str]:
    motion = shifts.slide
    if motion.reductions:
        yield pooling_gain(motion)
        if motion.count > 1:
            yield gain_above_chance(motion)
        yield ways(motion)
        if motion.reductions[0].cell == 1 and motion.unit == "px":
            yield odd_and_even(motion)
    else:
        yield "This network never shrinks a map of 4 × 4 cells or more, so there is nothing to compare."
    yield depth(motion)
    yield class_when_shifted(motion)
    yield class_when_turned(shifts.turn)


def pooling_gain(motion: Motion) -> str:
    """Cosine similarity before and after the first place's max pooling, at a shift of NOTABLE pixels."""
    at, mean = _at(motion), motion.by_place[:, 0].mean(0)
    before, after = mean[motion.ways.index("before"), at], mean[motion.ways.index("max"), at]
    place, slid = motion.reductions[0].layer, f"{motion.amounts[at]:g} px"
    gain = f"{round(after, 2) - round(before, 2):+.2f}"
    if motion.count > 1:
        return (
            f"At {place}, shifted by {slid}, the maps have a cosine similarity of {before:.2f} before and {after:.2f} "
            f"after max pooling ({gain}; mean over {motion.count} images)."
        )
    return (
        f"At {place}, shifted by {slid}, the maps have a cosine similarity of {before:.2f} before and {after:.2f} "
        f"after max pooling ({gain}; one image)."
    )


def gain_above_chance(motion: Motion) -> str:
    """The same gain, counted from the similarity of different images (0) to identical maps (1)."""
    at, mean = _at(motion), motion.by_place[:, 0].mean(0)
    before, after = motion.ways.index("before"), motion.ways.index("max")
    low, high = (round(float(motion.way_floors[0, way]), 2) for way in (before, after))  # as printed, so it adds up
    one = round(_above(round(float(mean[before, at]), 2), low), 2)
    other = round(_above(round(float(mean[after, at]), 2), high), 2)
    judged = "part of the gain is real"
    if other <= one + 0.02:
        judged = "nothing of the gain is left"
    if other < one - 0.02:
        judged = "counted this way, pooling made it worse"
    return (
        f"But different images become more similar too, from {low:.2f} to {high:.2f}. On a scale from there (0) to "
        f"identical (1) the similarity goes from {one:.2f} to {other:.2f}: {judged}."
    )


def _above(value: float, floor: float) -> float:
    return (value - floor) / max(1e-9, 1 - floor)


def ways(motion: Motion) -> str:
    """The five ways to halve a map, most similar first."""
    at, mean = _at(motion), motion.by_place.mean((0, 1))
    ranked = sorted(range(1, len(motion.ways)), key=lambda way: -mean[way, at])
    listed = ", ".join(f"{TITLES[motion.ways[way]]} {mean[way, at]:.2f}" for way in ranked)
    return (
        f"The same maps halved in five ways (mean over {len(motion.reductions)} of the network's reductions, shifted "
        f"by {motion.amounts[at]:g} px): {listed}; before {mean[0, at]:.2f}."
    )


def odd_and_even(motion: Motion) -> str:
    """Odd against even shifts, where a cell of the first reduction's input is one pixel."""
    mean = motion.moved_along[:, 0].mean(0)
    odd, even = mean[:, 1:9:2].mean(1), mean[:, 2:9:2].mean(1)
    pairs = [(way, odd[motion.ways.index(way)], even[motion.ways.index(way)]) for way in ("stride", "max", "max_blur")]
    listed = ", ".join(f"{TITLES[way]} {one:.2f} and {two:.2f}" for way, one, two in pairs)
    return (
        f"Halved maps of {motion.reductions[0].layer}, moved back by the shift: they match at even shifts and less at "
        f"odd ones. Similarity at odd and at even shifts (1 to 8 px): {listed}."
    )


def depth(motion: Motion) -> str:
    """The first layer's similarity against the last one's."""
    at, mean = _at(motion), motion.cosines.mean(0)
    first, last = mean[0, at], mean[-1, at]
    judged = "as similar as"
    if abs(last - first) > 0.02:
        judged = "more similar than" if last > first else "less similar than"
    start, end, slid = motion.layers[0], motion.layers[-1], f"{motion.amounts[at]:g} px"
    if motion.count > 1:
        return (
            f"Layer by layer, shifted by {slid}: {first:.2f} at {start}, {last:.2f} at {end} (different images: "
            f"{motion.floors[0]:.2f} and {motion.floors[-1]:.2f}). The last layer stays {judged} the first."
        )
    return (
        f"Layer by layer, shifted by {slid}: {first:.2f} at {start}, {last:.2f} at {end}. The last layer stays "
        f"{judged} the first."
    )


def class_when_shifted(slide: Motion) -> str:
    """Up to which shift every image keeps its class."""
    lost = [amount for amount, same in zip(slide.amounts, slide.agree.min(0), strict=True) if not same]
    images = "Every image keeps" if slide.count > 1 else "The image keeps"
    if not lost:
        return f"{images} its class at every shift, up to {max(slide.amounts):g} px."
    if min(lost) == 1:
        return "A shift of 1 px is enough to change the class of an image."
    return f"{images} its class up to a shift of {min(lost) - 1:g} px."


def class_when_turned(turn: Motion) -> str:
    """From which angle on an image loses its class."""
    turned = [abs(amount) for amount, same in zip(turn.amounts, turn.agree.min(0), strict=True) if not same]
    if turned:
        return f"Turned, the first class is lost at ±{min(turned):g}°."
    return f"Turned, no class is lost up to ±{max(turn.amounts):g}°."


def _at(motion: Motion) -> int:
    return motion.amounts.index(NOTABLE)


# ------------------------------------------------------------------------------------------------ exchanged poolings
def exchange(found: Exchanged) -> str:
    """Over the table of exchanged poolings."""
    count, places = found.kept.shape[1], len(found.places)
    return (
        f"The trained network with its 2 × 2 poolings replaced ({places} of them), weights unchanged: how many of "
        f"{count} images keep the class that they have unmoved."
    )


def steadiest(found: Exchanged) -> str:
    """Which way keeps the class most often among those that still answer as trained; "" if fewer than two do."""
    each, sound = found.kept[0, :, 1:].size, _sound(found)
    if len(sound) < 2:
        return ""
    total = {way: int(found.kept[way, :, 1:].sum()) for way in sound}
    best, worst = max(sound, key=total.__getitem__), min(sound, key=total.__getitem__)
    share = (total[best] + total[worst]) / (2 * each)
    doubt = 2 * math.sqrt(2 * each * share * (1 - share))
    judged = "is clear" if total[best] - total[worst] > doubt else "is too small to tell"
    return (
        f"The class stays most often with {TITLES[found.ways[best]]} ({total[best]} of {each}) and least often with "
        f"{TITLES[found.ways[worst]]} ({total[worst]} of {each}). The difference {judged}: two standard errors are "
        f"{doubt:.1f}."
    )


def broken(found: Exchanged) -> str:
    """The ways under which the network no longer answers as trained; "" where there are none."""
    names = ", ".join(TITLES[name] for way, name in enumerate(found.ways) if way not in _sound(found))
    if not names:
        return ""
    return (
        f"With {names} the network answers differently from how it was trained for half of the images or more: that it "
        "keeps such an answer means nothing."
    )


def _sound(found: Exchanged) -> tuple[int, ...]:
    """The ways that keep the trained answer for more than half of the unmoved images."""
    return tuple(way for way in range(len(found.ways)) if 2 * int(found.same[way].sum()) > found.same.shape[1])


def measured(shifts: Shifts, title: str) -> str:
    """What was measured, how often, and on which network."""
    slide = shifts.slide
    return (
        f"{title} · images: {slide.count} · layers: {len(slide.layers)} · shifts: {len(slide.amounts)} · angles: "
        f"{len(shifts.turn.amounts)}. The cosine compares all values of a layer with those of the unmoved image; 1 "
        "means the same direction. The dotted line is the mean over pairs of different images. The weights stay as "
        "they were trained."
    )
