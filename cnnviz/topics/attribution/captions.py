"""What the page "Why this answer?" says, in whole sentences."""

from __future__ import annotations

from cnnviz.figures.numbers import lasting, percent, whole_percent
from cnnviz.records.attribution import Attribution, Target

TITLE = "Why this answer?"
INTRODUCTION = (
    "Every map shows where one method sees the reason for the answer. The methods do not agree: compare what each of "
    "them promises, and whether that was checked."
)
CLASS = "Explain"
MINUS = "instead of"
LAYER = "Layer of the CAM maps"
STRIP = "Choose the layer by its maps"
STRIP_SAYS = (
    "From the image's side to the answer's: each tile is the mean size of a layer's channels, on a scale of its own. "
    "A click weighs that layer. Here: {}, {} of {} layers."
)
BASELINE = "What counts as absent"
BASELINES = {
    "mean": "the mean colour", "black": "black", "white": "white", "blur": "the image, blurred", "noise": "noise",
}  # fmt: skip
BASELINE_HELP = (
    "Input × gradient, integrated gradients, DeepLIFT, occlusion and RISE compare the image with one in which there is "
    "nothing to see. You choose that image: against black, a black pixel cannot matter."
)
UNIT = "a channel of the layer"
LAYER_OF_UNIT = "Layer of the channel"
CHANNEL = "Channel"
CELL = (("row", "Row of its cell"), ("column", "Column of its cell"))
ALL_CELLS = "the mean"
SLOWER = "Slower methods: add one, and it starts"
OUTSIDE = "Outside of the pixels that the cell sees (rows {} to {}, columns {} to {}) the map is zero"
NO_LAW = "There is nothing to check this map by: its method promises nothing about its sum or its cells."
NOT_OF_THE_IMAGE = (
    "How this network gets from the image to its answer cannot be followed call by call, so there is nothing to "
    "explain. Explore shows what its layers make of the image."
)
NOT_CLASSES = "This network does not answer with classes, and the maps here explain a class. Another network works."
COMING, SOON = "Being computed …", "comes next"
MISFIT = "does not fit"
SHARED = "From the same pass as the other maps of this layer"
COMPUTING = "The quick methods explain the answer …"
PATH = "Share of the way from the baseline to the image, and the score there: steep parts make the map."
NPZ = "All maps, NPZ"

# name → (what it is, what it is not)
SAYS = {
    "gradient": (
        "It shows how fast the score changes when a pixel gets a little brighter or darker.",
        "It does not say what the pixel has contributed: where the network is saturated, it is near zero.",
    ),
    "input_gradient": (
        "It multiplies the gradient by the pixel's own value: a first guess at its contribution.",
        "A pixel at the baseline's value gets zero here, however much it matters.",
    ),
    "smoothgrad": (
        "It is the mean gradient of noisy copies, so what flickers from copy to copy is gone.",
        "It is a map of the image's neighbourhood, and the noise that was chosen decides how wide that is.",
    ),
    "integrated_gradients": (
        "It collects the gradient on the way from the baseline to the image, so its sum is all that the score gained.",
        "The baseline decides what counts as absent: a pixel of the baseline's own colour can never matter.",
    ),
    "grad_cam": (
        "It weighs each map of a layer by its mean gradient and adds them up.",
        "It is as coarse as the layer, and averaging may move weight to cells that the score does not use.",
    ),
    "hires_cam": (
        "It multiplies a layer's maps by the gradient, cell by cell: each cell gets its own share.",
        "It is as coarse as the layer, and a share only where what follows the layer is linear.",
    ),
    "layer_cam": (
        "It is HiResCAM with the positive gradients only, made for layers near the image.",
        "What a cell takes from the score is left out, so no sum holds.",
    ),
    "grad_cam_plus": (
        "It weighs positive gradients so that a small appearance of a thing counts as much as a large one.",
        "Its weights suppose a score that goes through an exponential, and they promise no sum.",
    ),
    "guided": (
        "It is the gradient with everything negative cut at every ReLU on the way back.",
        "It looks sharp, but it changes little with the class: it shows edges that excite the network, not reasons.",
    ),
    "deconvolution": (
        "It runs the network backwards and keeps what is positive, whether or not a ReLU was open.",
        "Without max pooling hardly anything ties it to this image.",
    ),
    "deeplift": (
        "It compares the image with the baseline at every activation, so that nothing is lost where one is saturated.",
        "The split between parts that act together is a convention, and the baseline decides what counts as absent.",
    ),
    "lrp": (
        "It hands the score back layer by layer, in proportion to what each part gave.",
        "Biases and the stabiliser absorb a part, in deep networks with BatchNorm nearly all of it.",
    ),
    "lrp_alpha_beta": (
        "It hands the score back along what pushed each unit up, and along nothing else.",
        "What held a unit down is left out, so it cannot say what speaks against the answer.",
    ),
    "lrp_composite": (
        "It hands the score back by three rules: one for the dense end, one for convolutions, one for the pixels.",
        "The rules are chosen by experience: another choice gives another map with the same sum.",
    ),
    "occlusion": (
        "It covers one window after another and measures how much of the score goes.",
        "The network never saw such images, and two windows that stand in for each other both look useless.",
    ),
    "rise": (
        "It covers random halves of the image and asks which pixels were in sight when the score was high.",
        "It is an estimate: another seed gives another grain, and the note says how far two halves of the masks agree.",
    ),
    "score_cam": (
        "It looks at the image through each map of a layer and weighs the map by the score that is left.",
        "A softmax over the channels makes the weights, so a few channels may take everything.",
    ),
    "ablation_cam": (
        "It switches off one channel of a layer at a time and weighs its map by what the score loses.",
        "Channels that stand in for each other each look useless.",
    ),
    "expected_gradients": (
        "It is integrated gradients over many baselines, here the image's own blocks in another order.",
        "It is a mean over draws: its sum is right only within the error of drawing.",
    ),
}  # fmt: skip


CHECKED = {  # how a law's claim begins → what it comes to, in a word or two
    "The sum of the map is f": "adds up",
    "What reaches the image": "adds up",
    "What the channels lose": "adds up",
    "The sum of the map is how fast": "slope",
    "A small step along": "slope",
    "Raising channel": "slope",
    "The window that matters most": "covered again",
    "Nothing bends on the way": "by the weights",
}


def explained(label: str, chance: float | None, other: str, network: str, passes: int, seconds: float) -> str:
    """The line over the grid: what is explained, of which network, and what it took."""
    of = f"“{label}”" + (f" ({percent(chance)})" if chance is not None else "")
    against = f", instead of “{other}”" if other else ""
    return f"{network} says {of}{against} · {passes} images through the network · {seconds:.1f} s"


def unit(target: Target) -> str:
    """A channel of a layer, or one of its cells, in words."""
    at = "" if target.row is None else f" at row {target.row}, column {target.column}"
    return f"channel {target.index} of {target.layer}{at}"


def explained_unit(label: str, network: str, passes: int, seconds: float, *, cells: int = 1) -> str:
    """The same where no class but a channel of a layer is explained. cells: over which it is averaged."""
    what = f"What raises {label} in {network}" + (", on average over its cells" if cells > 1 else "")
    return f"{what} · {passes} images through the network · {seconds:.1f} s"


OWN_SCALES = (
    "Every map has a scale of its own: ± under it is the value of full colour, which 98 % of its pixels stay below."
)


def scale() -> str:
    """What the words under each map mean."""
    return (
        "“Adds up: checked”: the map's sum is what the score gained, computed a second way just now. “Slope: "
        "checked”: a small step changes the score as the map says. “Nothing to check it by”: this method promises no "
        "number that could be compared."
    )


def slow(title: str, seconds: float) -> str:
    """A method that takes long, with how long."""
    return f"{title}, about {lasting(seconds)}" if seconds >= 1 else f"{title}, under 1 s"


def running(title: str, share: float) -> str:
    """Beside the bar."""
    return f"{title}: {whole_percent(share)}."


def stop(title: str) -> str:
    """The button that ends a method that takes long."""
    return f"Stop {title}"


def likeliest(label: str, chance: float | None) -> str:
    """The first entry of the list of classes."""
    return f"the likeliest: {label}" + (f" ({percent(chance)})" if chance is not None else "")


def law(found: Attribution) -> str:
    """What was checked on a map and whether it held, in a few words, for a tile."""
    if found.law is None:
        return "nothing to check it by"
    what = next((words for begins, words in CHECKED.items() if found.law.claim.startswith(begins)), "promise")
    return f"{what}: checked" if found.law.holds else f"{what}: not so"


def measured(found: Attribution) -> str:
    """What a map took, and its own note."""
    note = f" · {found.note}" if found.note else ""
    cells = "×".join(map(str, found.native.shape))
    if not found.passes:
        return f"{SHARED} · {cells} cells{note}"
    return f"{found.passes} images through the network · {found.seconds:.2f} s · {cells} cells{note}"


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
MAP_GRID = {
    "keys": (
        "Maps of one image. Arrow keys move one pointer over all of them, with shift by ten pixels; page up and "
        "page down go from map to map, Enter opens one, Escape lets go."
    ),
    "fade": "Image to map",
    "only_image": "image",
    "only_map": "map",
    "share": "{percent} %",
    "together": "one scale for all",
    "times": "{times} ×",
    "one_scale": (
        "All maps have one scale: full colour is {times} times the mean size of the map's own pixels. So methods of "
        "different units can be compared: a map that is pale here is spread out, a strong one gathers in few places."
    ),
    "the_image": "The image",
    "place": "row {row}, column {column}",
    "reading": "{title}: {value}",
    "reading_at": "{title}, row {row}, column {column}: {value}",
    "place_of": "{title}, row {row}, column {column}",
}
