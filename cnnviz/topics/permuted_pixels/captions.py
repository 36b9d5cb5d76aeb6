"""What the page on permuted pixels says: whole sentences, every number from a record."""

from __future__ import annotations

from cnnviz.figures.numbers import number, percent
from cnnviz.records.permutation import Answers, FirstWeights, NoTrick, PermutedPictures, PixelOrder, TwoMaps

TITLE = "Does a CNN still win when the pixels of every image are shuffled in the same way?"
INTRODUCTION = (
    "Two networks of the same size learn MNIST twice: once as it is, and once with all pixels moved by one fixed "
    "permutation. The fully connected network never knew which pixels are neighbours. The convolutional network is "
    "built on it."
)
SAID = {
    "The experiment": INTRODUCTION,
    "The images": (
        "**The same ten digits, before and after.** Nothing is lost: the order is undone to the last bit. Choose "
        "how much of it is shuffled."
    ),
    "How much order": (
        "**How much order does a CNN need?** Here only a share of the pixels moves, or whole squares of them, or "
        "every image gets an order of its own."
    ),
    "Inside": (
        "**What the two networks learned.** Their first weights, and why shuffling cannot matter to one of them."
    ),
    "Your digit": "**Draw a digit and shuffle it.** Four networks read it: who still knows it?",
}  # what each part shows: its title and a sentence
AS_THEY_ARE = "as they are"
BELOW = {"permuted": "permuted", "restored": "put back by the inverse"}
WEIGHTS = {
    "plain": "trained on normal images",
    "permuted": "trained on permuted images",
    "restored": "trained on permuted images, then put back by the inverse",
}
AS_SEEN, PERMUTED = "as the networks see it", "permuted"
PLAIN_MAPS = "your image, in the CNN trained on normal images"
PERMUTED_MAPS = "your image permuted, in the CNN trained on permuted images"
FIRST_UNITS = "What the first eight units of FC look for"
WHY_FC_CANNOT_NOTICE = "Why FC cannot notice"
NO_DIFFERENCE = (
    "The first layer computes W₁x. A permuted image is Px, and (W₁Pᵀ)(Px) = W₁x because PᵀP = 1. So move the columns "
    "of W₁ as the pixels were moved, and every number that follows stays the same."
)
SHARE, BLOCK = "Pixels that move (%)", "Squares that move as a whole (pixels per side)"
FRESH = "A new permutation for each image"
WHY_THE_CNN_MUST = "Why the CNN must notice"
AGAIN, AGAIN_ONE = "Run it again here", "Run one of them again here"


def order(found: PixelOrder, several: int = 1) -> str:
    """What the permutation does, in numbers; of several, the first stands for all."""
    moved, kept, pixels = percent(found.moved), percent(found.neighbours), found.height * found.width
    if several == 1:
        return (
            f"One permutation for all images moves {moved} of the {pixels} pixels, by {found.distance:.1f} pixels "
            f"on average. Of all pairs of neighbours, {kept} are still neighbours afterwards."
        )
    return (
        f"There are {several} permutations. The first moves {moved} of the {pixels} pixels, by "
        f"{found.distance:.1f} pixels on average. Of all pairs of neighbours, {kept} are still neighbours afterwards."
    )


def restored(found: PermutedPictures) -> str:
    """Whether the inverse brought everything back, counted."""
    wrong = int((found.restored != found.pictures).sum())
    return f"Put back by the inverse, {wrong} of {found.pictures.size:,} pixels differ from the originals."


def source(found: PermutedPictures) -> str:
    """Where the ten images come from."""
    return f"Test images: {found.source}."


def weights(found: FirstWeights) -> str:
    """How alike neighbouring weights are in the three networks, and whether the strokes come back."""
    plain, permuted, back = map(number, found.smoothness)
    if found.smoothness[2] > 0.5 * found.smoothness[0] and found.smoothness[1] < 0.5 * found.smoothness[0]:
        return (
            f"Neighbouring weights correlate by {plain} in the network trained on normal images and by {permuted} in "
            f"the one trained on permuted images. Put back by the inverse, the second network's weights correlate by "
            f"{back}: it learned strokes like the first, only at other places."
        )
    return (
        f"Neighbouring weights correlate by {plain} in the network trained on normal images, by {permuted} in the one "
        f"trained on permuted images, and by {back} once these are put back: here the strokes do not come back."
    )


def maps(found: TwoMaps) -> str:
    """How alike neighbouring cells of a feature map are, with and without the permutation."""
    plain, permuted = map(number, found.smoothness)
    if found.smoothness[1] < 0.5 * found.smoothness[0]:
        return (
            f"Neighbouring cells of {found.layer} correlate by {plain} on the image and by {permuted} on the permuted "
            "image: what a kernel finds there is scattered over the map."
        )
    return f"Neighbouring cells of {found.layer} correlate by {plain} on the image, by {permuted} on the permuted one."


def no_trick(found: NoTrick) -> str:
    """What a convolution can follow of a permutation."""
    return (
        f"Move the entries of conv1's matrix along with the pixels, and it is no longer a convolution: the nearest one "
        f"keeps {found.kept * 100:.2g} % of it, by the sum of its squares. With that convolution the logits of "
        f"{found.pictures} permuted images change by up to {number(found.difference)}, and {percent(found.agree)} of "
        "them get the answer they had. With the kernels left as they are, logits change by up to "
        f"{number(found.untouched)}."
    )


def answers(found: Answers) -> str:
    """What each network says of the kind of image that it was trained on."""
    says = {row: found.classes[int(found.probabilities[i].argmax())] for i, row in enumerate(found.rows)}
    matching = [
        f"{row[0]} ({'permuted' if row[1] else 'normal'}): {said}" for row, said in says.items() if row[1] == row[2]
    ]
    return f"Each network, shown the kind of image that it was trained on, answers: {', '.join(matching)}."
