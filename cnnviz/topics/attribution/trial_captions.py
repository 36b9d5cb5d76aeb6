"""What a trial says, in sentences that are computed."""

from __future__ import annotations

from cnnviz.figures.numbers import lasting, percent, whole_percent
from cnnviz.topics.attribution.trial_records import ANEW, LOWER, Contestant, Trial
from cnnviz.topics.attribution.trial_records import GROUPS as GROUP_OF

GRID, TRIAL = "One image", "On trial"
INTRODUCTION = (
    "Here the right place is known: a mask says where the object is in each image. Beside the methods stand four maps "
    "that know nothing of the network; a method is worth something where it beats them."
)
NETWORK = "Network"
IMAGES = "Images with masks"
IMAGES_HELP = (
    "Your own images work, too: on the page Data and batches add a zip in which `cat_mask.png` lies beside `cat.jpg`, "
    "light where the object is and dark elsewhere."
)
PACE = "One image is explained by every method, to say how long a trial takes."
PACE_STOPPED = "Stopped. There is no trial before it is known how long one takes."
LEAST = 2  # images of which there is a mean with its interval
NETWORKS = {"small": "Small CNN, takes any size", "net": "Net, 32 × 32 alone"}
COUNT = "Test images"
GROUP = "What is tried"
GROUPS = {
    "mask": "Is it on the object?",
    "fills": "Take pixels away",
    "square": "Four in a square",
    "random": "Random weights",
    "noise": "A little noise",
}
MORE = "Slower methods on trial, too"
MORE_HELP = (
    "On trial each takes fewer draws than on one image: integrated gradients 12 steps, occlusion 36 windows, "
    "SmoothGrad 8 copies, expected gradients 16 baselines, RISE 150 masks. Score-CAM and Ablation-CAM take an image "
    "for each channel of the last layer with maps."
)
MEASURE = "Measure"
WORDS = {
    "energy": "Energy on the object",
    "pointing": "Strongest pixel on the object",
    "overlap": "Overlap with the object",
    "deletion": "Deletion, mean colour",
    "insertion": "Insertion, mean colour",
    "deletion_blur": "Deletion, blur",
    "insertion_blur": "Insertion, blur",
    "road": "ROAD",
    "grid_pg": "GridPG",
    "di_full": "DiFull",
    "rank": "Rank correlation, all layers random",
    "ssim": "Structural similarity, all layers random",
    "sensitivity": "Max-sensitivity",
}
SAYS = {
    "energy": "The share of what speaks for the class that is on the object; a network may rightly use the ground.",
    "pointing": "How often the strongest pixel of the map lies on the object.",
    "overlap": "As many of the strongest pixels as the object has: what they share with it, out of what either covers.",
    "deletion": "The strongest pixels are painted with the mean colour first: the faster the class goes, the lower.",
    "insertion": "The strongest pixels are put on the mean colour first: the faster the class comes, the higher.",
    "deletion_blur": "The strongest pixels are blurred first: the faster the class goes, the lower.",
    "insertion_blur": "The strongest pixels are made sharp first: the faster the class comes, the higher.",
    "road": (
        "Pixels become the mean of their neighbours, so no outline betrays them: how much more the class loses with "
        "the strongest pixels than with the weakest."
    ),
    "grid_pg": (
        "The network sees four images of four classes in a square, and the class of one is explained: the share of "
        "what speaks for it that is on that image."
    ),
    "di_full": (
        "The network sees one image of the square alone, so the other three cannot matter: the share of what speaks "
        "for the class that is on the one image."
    ),
    "rank": "The network's weights are drawn anew: how much of the map's order is still there. Less is better.",
    "ssim": "The network's weights are drawn anew: how alike the map still looks. Less is better.",
    "sensitivity": (
        "Every pixel changes by at most 2 % of the way from black to white: how far the map moves, by its own size. "
        "Less is better."
    ),
}
PAPERS = {
    "pointing": ("Zhang et al., 2016", "https://arxiv.org/abs/1608.00507"),
    "energy": ("Wang et al., 2020", "https://arxiv.org/abs/1910.01279"),
    "deletion": ("Petsiuk et al., 2018", "https://arxiv.org/abs/1806.07421"),
    "insertion": ("Petsiuk et al., 2018", "https://arxiv.org/abs/1806.07421"),
    "road": ("Rong et al., 2022", "https://arxiv.org/abs/2202.00449"),
    "grid_pg": ("Böhle et al., 2021", "https://arxiv.org/abs/2104.00032"),
    "di_full": ("Rao et al., 2022", "https://arxiv.org/abs/2205.10435"),
    "rank": ("Adebayo et al., 2018; its limits: Binder et al., 2023", "https://arxiv.org/abs/2211.12486"),
    "ssim": ("Adebayo et al., 2018; its limits: Binder et al., 2023", "https://arxiv.org/abs/2211.12486"),
    "sensitivity": ("Yeh et al., 2019", "https://arxiv.org/abs/1901.09392"),
}
COVERED = "the objects cover"  # of a question: how much of the image
LINES = "Lines"
AGREEMENT = (
    "Which maps agree: the rank correlation of each pair, averaged over the images. A constant map has no ranks."
)


def chosen(images: str, *, same: bool) -> str:
    """Which images stand trial. same: whether the network knows their classes."""
    if same:
        return f"Test images of {images} that the network gets right."
    return (
        f"The network knows other classes than those of {images}: only images count where it gives one answer at least "
        "50 %, and that answer is explained."
    )


def refused(reason: str) -> str:
    """Why there is no trial."""
    return f"No trial: {reason}"


def costs(seconds: dict[str, float], images: int) -> str:
    """What each trial is going to take, said before it starts."""
    said = " · ".join(f"{GROUPS[name]} {lasting(images * one)}" for name, one in seconds.items())
    return f"A trial starts when it is chosen. For {images} images they take about: {said}."


def running(share: float, seconds: float) -> str:
    """How far it is after so many seconds, and what is left at this pace."""
    left = f", about {lasting(seconds * (1 - share) / share)} left" if share > 0.02 else ""
    return f"The trial: {whole_percent(share)}{left}."


def stopped(tried: int, images: int) -> str:
    """Of a trial that was stopped on its way. tried: the images that everybody has explained."""
    if tried < LEAST:
        return f"Stopped after {tried} of {images} images: too few for a mean with its interval."
    return f"Stopped after {tried} of {images} images. Below is what came of these {tried}."


def cascade(layers: int, stages: int) -> str:
    """What the lines over the random weights say. layers: that have weights."""
    more = "one more layer has" if layers == stages else f"some more of its {layers} layers have"
    return (
        f"From left to right {more} random weights, the last first. A line that stays high belongs to a map that "
        "hardly asks the network."
    )


def verdict(trial: Trial, measure: str) -> str:
    """One sentence: who beats every control, and who leads, or that nobody does because intervals overlap."""
    if measure in GROUP_OF["random"]:
        return _of_random_weights(trial, measure)
    rank = sorted(trial.contestants, key=lambda one: one.mean(measure), reverse=measure not in LOWER)
    methods = [one for one in rank if not one.is_control]
    controls = [one for one in rank if one.is_control]
    beats = [one for one in methods if all(apart(one, other, measure) for other in controls)]
    over = f"On {trial.images} images, {_beating(beats, len(methods))} all four controls"
    equals = [one.title for one in methods[1:] if not apart(methods[0], one, measure)]
    if not beats:
        return f"{over}{_blind(controls[0], methods, measure)}."
    if beats == methods[:1]:
        return f"{over}."
    if equals:
        return f"{over}; {methods[0].title} has the best mean, but its interval overlaps {_listed(equals)}: no winner."
    return f"{over}; {methods[0].title} leads, and no other interval overlaps its own."


def _blind(control: Contestant, methods: list[Contestant], measure: str) -> str:
    """That a map which knows nothing does better than all methods, where it does: the measure alone proves nothing."""
    if not methods or not all(apart(control, one, measure) for one in methods):
        return ""
    return f"; {control.title}, which knows nothing of the network, beats every one, so this alone proves nothing"


def _of_random_weights(trial: Trial, measure: str) -> str:
    """Who keeps a likeness that the weights do not explain; that noise would win is said beside it."""
    methods = [one for one in trial.contestants if not one.is_control]
    noise = next(one for one in trial.contestants if one.name == ANEW)
    keep = [one for one in methods if apart(noise, one, measure)]
    verb = "keeps" if len(keep) == 1 else "keep"
    score = f"{abs(round(noise.mean(measure), 2)):.2f}"
    named = f" ({', '.join(one.title for one in keep)})" if keep else ""
    return (
        f"On {trial.images} images, {len(keep)} of {len(methods)} methods {verb} more likeness than noise that is "
        f"drawn anew{named}; the noise has {score} and explains nothing, so nobody wins here."
    )


def _beating(beats: list[Contestant], methods: int) -> str:
    """ "LRP alone, of 12 methods, clearly beats", "7 of 12 methods clearly beat"."""
    if len(beats) == 1:
        return f"{beats[0].title} alone, of {methods} methods, clearly beats"
    return f"{len(beats) or 'none'} of {methods} methods clearly {'beat' if beats else 'beats'}"


def apart(better: Contestant, other: Contestant, measure: str) -> bool:
    """Whether the first is better and the two 95 % intervals do not overlap."""
    gap = better.mean(measure) - other.mean(measure)
    return (-gap if measure in LOWER else gap) > better.half_width(measure) + other.half_width(measure)


def _listed(titles: list[str]) -> str:
    return titles[0] + "'s" if len(titles) == 1 else f"that of {len(titles)} others ({', '.join(titles)})"


def ground(trial: Trial, measure: str) -> str:
    """What the ground of the images makes of a measure by masks; "" where it is a ground like any other."""
    if measure not in GROUP_OF["mask"] or trial.empty < 0.5:
        return ""
    return (
        f"Of the pixels around the objects {percent(trial.empty)} have the mean colour, which counts as absent. "
        "Methods that multiply by the difference to it (input × gradient, integrated gradients, DeepLIFT, LRP) put "
        "nothing there, whatever the network does: this measure does not tell them from a good map."
    )


def by_hand(trial: Trial, measure: str = "energy") -> str:
    """The figure that is known without a trial; "" where there is none."""
    found = {one.name: one.mean(measure) for one in trial.contestants}
    if measure == "energy":
        return (
            f"Checked by hand: the objects cover {percent(trial.share)} of the pixels, and of the constant map "
            f"{percent(found['constant'])} lie on them."
        )
    if measure in GROUP_OF["square"]:
        quarter = percent(found["constant"])
        return f"Checked by hand: a cell is a quarter of the square, and the constant map's share is {quarter}."
    if measure in GROUP_OF["random"]:
        return f"Checked by hand: the edges ask no network, and their likeness to themselves is {found['edges']:.2f}."
    if measure == "sensitivity":
        return f"Checked by hand: the constant map does not move, and its number is {found['constant']:.2f}."
    return ""
