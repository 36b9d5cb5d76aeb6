"""What the BatchNorm page says about a trained network: the wrong mode, a changed image, folding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records import Array
from cnnviz.topics.batch_norm.records import Folded, FoldedNetwork, Prediction, Shifted

WRONG_MODE = "Forgot eval()?"
CHANGED_IMAGE = "The image darker, brighter, with less or more contrast"
WHOLE_NETWORK = "The whole network"
ASKING = "The same image in the wrong mode …"
CHANGING = "Seven versions of the image …"
FOLDING = "Folding every pair of the network …"
STORED = "eval mode: stored statistics"
OWN = "training mode: this image's own statistics"
FOLDED = "The folded convolution alone, with the same colour scale"


def no_layer(title: str, others: Iterable[str]) -> str:
    """A network without BatchNorm was chosen. others: networks that have it."""
    return f"{title} has no BatchNorm layer. Networks that have one: {', '.join(others)}."


def no_pair(title: str, others: Iterable[str]) -> str:
    """A network was chosen in which there is nothing to fold. others: networks in which there is."""
    return (
        f"In {title} no BatchNorm follows a convolution directly, so there is none to fold. Networks where one does: "
        f"{', '.join(others)}."
    )


def open_other(title: str) -> str:
    """On the button that opens another network."""
    return f"Open {title}"


def all_layers(count: int) -> str:
    """Over the table of all layers."""
    return f"All {count} BatchNorm layers in numbers"


def wrong_mode(found: Sequence[Prediction]) -> str:
    """What became of the probability of eval mode's class under each other condition."""
    right = found[0].probabilities
    if right is None:
        return f"The network did not answer in eval mode: {found[0].problem}."
    best = int(right.argmax())
    told = "; ".join(_condition(one, best) for one in found[1:])
    return (
        f"The likeliest class in eval mode has {percent(float(right[best]))} there. Its probability elsewhere: {told}. "
        "Only BatchNorm's mode was changed, dropout stayed off, and everything ran on copies: the network that the "
        "other pages use is unchanged. Each pass in training mode moves the running statistics towards this image's, "
        "so eval mode answers differently afterwards."
    )


def _condition(one: Prediction, best: int) -> str:
    if one.probabilities is None:
        return f"no answer ({one.name})"
    return f"{percent(float(one.probabilities[best]))} ({one.name})"


def changed(found: Shifted, classes: Sequence[str], *, start: int) -> str:
    """In how many versions the stored statistics keep the class, and how far its probability moves."""
    kept, low, high = _steadiness(found.stored, start)
    return (
        f"With stored statistics {escaped(classes[int(found.stored[start].argmax())])} is the likeliest class in "
        f"{kept} of "
        f"{len(found.amounts)} versions; its probability lies between {percent(low)} and {percent(high)}."
    )


def changed_own(found: Shifted, classes: Sequence[str], *, start: int) -> str:
    """The same with the image's own statistics."""
    if found.own is None:
        return f"In training mode the network does not answer: {found.problem}."
    kept, low, high = _steadiness(found.own, start)
    return (
        f"With the image's own statistics {escaped(classes[int(found.own[start].argmax())])} is the likeliest class "
        f"in {kept} "
        f"of {len(found.amounts)} versions; its probability lies between {percent(low)} and {percent(high)}. "
        "Normalising an image by its own numbers undoes a shift or a scaling of the whole image (where nothing is "
        "clipped), and with it the information that they carried."
    )


def _steadiness(probabilities: Array, start: int) -> tuple[int, float, float]:
    """(versions with the same likeliest class, smallest and largest probability of it)."""
    best = int(probabilities[start].argmax())
    column = probabilities[:, best]
    return int((probabilities.argmax(axis=1) == best).sum()), float(column.min()), float(column.max())


# ------------------------------------------------------------------------------------------------ folding
def folding(folded: Folded, pair: tuple[str, str], output: Array) -> str:
    """What becomes of one pair. pair: (convolution, BatchNorm); output: [C, H, W], what both give."""
    cout, cin, height, width = folded.weight.shape
    return (
        f"`{pair[0]}` ({cout} × {cin} × {height} × {width} weights) and `{pair[1]}` become one convolution with as "
        f"many weights and one bias per channel. BatchNorm's {output.size:,} multiplications for the map "
        f"`{list(output.shape)}` are saved. Each channel's weights are multiplied by γ/√(σ² + ε), here from "
        f"{number(float(folded.scale.min()))} to {number(float(folded.scale.max()))}."
    )


def two_layers(shown: int, count: int) -> str:
    """Under the pair's own output."""
    return f"Convolution, then BatchNorm: the first {shown} of {count} channels"


def difference(gap: Array) -> str:
    """Under the difference of both outputs."""
    return f"Difference, at most {number(float(np.abs(gap).max()))}, with its own colour scale"


def whole(found: FoldedNetwork) -> str:
    """How many multiplications all pairs save, and whether the folded copy still answers the same."""
    saved, macs = f"{found.multiplications:,}", f"{found.macs:,}"
    share = percent(found.multiplications / found.macs) if found.macs else "0 %"
    if found.logits.argmax() == found.folded_logits.argmax():
        return (
            f"{found.pairs} pairs are folded, which saves {saved} multiplications per image: {share} of the {macs} "
            "multiply-adds of the convolutions and linear layers that remain. The folded copy predicts the same "
            "class."
        )
    return (
        f"{found.pairs} pairs are folded, which saves {saved} multiplications per image: {share} of the {macs} "
        "multiply-adds of the convolutions and linear layers that remain. The folded copy predicts another "
        "class."
    )
