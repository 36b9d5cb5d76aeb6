"""What the activations page says: whole sentences, every number from a record."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import number, percent
from cnnviz.plain_text import escaped
from cnnviz.records import Score
from cnnviz.topics.activations.records import Counter, Deaths, Facts, MapEffects, NeuronDescent

TITLE = "What does an activation function do, and how much gradient does its slope let through?"
INTRODUCTION = (
    "Without activation functions any number of layers is a single linear layer. The curve decides what a layer passes "
    "on; the slope of the curve decides how much of the gradient passes through it in the backward pass."
)
SAID = {
    "curves": INTRODUCTION,
    "softmax": (
        "**Softmax turns scores into probabilities.** Raise one logit and all others lose: move the temperature, "
        "or type over the logits."
    ),
    "map": (
        "**The same function on a whole map.** Which cells does it set to zero, where is its slope flat, and "
        "which channels are dead on this image?"
    ),
    "swap": ("**Another function in a trained network.** The weights stay as they are: does the answer survive?"),
    "zigzag": (
        "**Positive inputs make the way down zig-zag.** A neuron y = w₁a₁ + w₂a₂ learns from the outputs a of "
        "another layer. Its gradient is 2 (y − t) a: where both a are positive, as a sigmoid's are, both weights "
        "must move in the same direction."
    ),
    "dying": (
        "**A ReLU can die.** One large step may push a neuron below zero for every example; then its gradient is "
        "0 and it never comes back. Which learning rate kills it?"
    ),
}  # what each part shows: its title and a sentence
CURVES = (
    "Click a function to draw it; drag anywhere in the chart to move x. The dashed line is the tangent. On a shaded "
    "background the function in bold is saturated."
)
COMPARISON = "#### All functions compared"
SETTINGS = (
    "Computed from each function at its usual setting (leaky slope 0.01, PReLU 0.25, ELU's α 1, softplus's β 1). "
    "Zero-centred means that the mean of f(x) for x ~ N(0, 1) is 0."
)
NUMBERS_TABLE = "Type over the numbers:"
LOGITS_TABLE = "Type over the logits, add rows:"
MORE = "Values, threshold"
SATURATED_BELOW = "Saturated: |f′| below"
SOFTMAX = (
    "Hover over a term, a row or a cell of the Jacobian: everything that belongs to the same logit lights up. A low T "
    "gives nearly all probability to the largest logit, a high T nearly the same to every class."
)
WHOLE_NETWORK = "#### Zeros, saturated cells and dead channels in the whole network"
NO_ACTIVATION = "No activation layer of this network was recorded: choose another network."
ALL_FUNCTIONS = "Compare every function there"
TRYING_ALL = "Every function in turn …"
AS_TRAINED = "**As it was trained**"
OVERFLOW = "The values grew beyond what float32 can hold: the network no longer gives a prediction."
SWAP_MEANING = (
    "The weights were fitted to the network's own function. This shows what depends on that function, not which one is "
    "better: to find that out, a network has to be trained with each. The shared network itself stays unchanged."
)
LAYER_CHANGE = "Change of each layer after the swap, relative to its size"
LABEL_ONE = "The neuron should output 1 for"
LABEL_ZERO = "and 0 for"
LEAK = "Slope of the leaky ReLU"


# ------------------------------------------------------------------------------------------------ curves
def source(paper: str, year: int, link: str) -> str:
    """Who introduced a function, and where."""
    return f"{paper}, {year}: [{link}]({link})"


def vanishing(found: Facts, title: str) -> str:
    """How little of a gradient passes many layers with that function's largest slope."""
    five, ten, twenty = (number(found.steepest**depth) for depth in (5, 10, 20))
    return (
        f"The slope of {title} is largest at x = {found.steepest_at:g}, where it is {found.steepest:g}. Through five "
        f"such layers the slopes let at most {five} of a gradient pass, through ten {ten}, through twenty {twenty}."
    )


# ------------------------------------------------------------------------------------------------ on a real map
def cannot_be_shown(problem: str) -> str:
    """A layer whose input was not recorded. problem: why, and what to choose."""
    return f"This layer cannot be shown: {problem}"


def on_a_map(found: MapEffects) -> str:
    """Which layer's input is shown, and over how many cells the shares are."""
    shape = found.before.shape
    size = f"[{shape[0]}]" if shape[1:] == (1, 1) else f"{list(shape)}"
    every = f"Shares are counted in all {found.cells:,} cells."
    some = f"Shares are counted in {found.sampled:,} of {found.cells:,} cells, dead channels in all."
    return (
        f"**{escaped(found.source)}** `{size}` is the input of **{found.key}** ({found.operation}). Click a function "
        "in the table to put it there instead. A channel is dead if its slope is 0 in every cell. "
        f"{some if found.sampled < found.cells else every}"
    )


def dead_channels(found: Sequence[Counter]) -> str:
    """How many channels of the whole network are dead, and in which layer most of them."""
    dead, channels = sum(one.dead for one in found), sum(one.channels for one in found)
    worst = max(found, key=lambda one: one.dead / one.channels)
    return (
        f"For this image {dead:,} of {channels:,} channels in {len(found)} activation layers are dead. The largest "
        f"share is in **{worst.key}**: {worst.dead:,} of {worst.channels:,}. For another image they may be active."
    )


def not_recomputed(operation: str) -> str:
    """Where a layer's function is none of these."""
    return f"{operation} is not among these functions, so its output is not recomputed here."


# ------------------------------------------------------------------------------------------------ swapped
def with_function(title: str, *, everywhere: bool) -> str:
    """Over the answer after the swap."""
    return f"**With {title} in every activation layer**" if everywhere else f"**With {title} in this layer**"


def prediction(before: Sequence[Score], after: Sequence[Score], *, swapped: int) -> str:
    """The prediction before and after, and what became of the old one. Scores: the likeliest first."""
    old, new = before[0], after[0]
    where = "It is replaced in 1 layer" if swapped == 1 else f"It is replaced in {swapped} layers"
    if old.index == new.index:
        return (
            f"{where}, and the prediction stays **{escaped(old.label)}**, "
            f"{percent(old.probability)} before and {percent(new.probability)} after."
        )
    now = next(rank for rank, score in enumerate(after, start=1) if score.index == old.index)
    return (
        f"{where}, and the prediction changes from **{escaped(old.label)}** "
        f"({percent(old.probability)}) to **{escaped(new.label)}** ({percent(new.probability)}); "
        f"{escaped(old.label)} falls to rank {now:,} of "
        f"{len(after):,} ({percent(after[now - 1].probability)})."
    )


# ------------------------------------------------------------------------------------------------ zig-zag
def examples_per_step(count: int) -> str:
    """On the slider of the batch size."""
    return f"Examples per step, of {count}"


def last_paths(problem: str) -> str:
    """Under a learning rate at which the weights diverge."""
    return f"{problem} The last paths are still shown."


def same_sign(positive: NeuronDescent, centred: NeuronDescent) -> str:
    """How often both components of the gradient share their sign, and how long the paths are."""
    one, other = (found.length / found.straight for found in (positive, centred))
    return (
        "With sigmoid inputs both components of the gradient have the same sign in "
        f"**{percent(positive.same_sign)}** of the steps, with tanh inputs in **{percent(centred.same_sign)}**. The "
        f"path is {one:.2f} times as long as the straight line with sigmoids, {other:.2f} times with tanhs."
    )


def arrival(found: NeuronDescent, inputs: str) -> str:
    """When the weights reach the minimum, or how far they still are. inputs: "sigmoid" or "tanh"."""
    if found.arrived is None:
        return (
            f"With {inputs} inputs the weights are still {found.distance:.2g} away from the minimum after "
            f"{found.steps} steps."
        )
    return f"With {inputs} inputs the weights stay within {found.near:g} of the minimum from step {found.arrived} on."


def batch_effect(batch: int) -> str:
    """Why the argument weakens with more examples per step; "" for one."""
    if batch == 1:
        return ""
    return (
        f"With {batch} examples per step the gradient is a mean over errors of both signs. The argument holds for one "
        "example, so it no longer decides the direction."
    )


# ------------------------------------------------------------------------------------------------ dying ReLU
def last_pair(problem: str) -> str:
    """Under a pair of digits that cannot be told apart."""
    return f"{problem} The last pair is still shown."


def training_data(found: Deaths) -> str:
    """What the neuron is trained on, and how."""
    rates, steps = found.relu.rates, found.relu.active.shape[1] - 1
    return (
        f"{len(found.labels)} of scikit-learn's handwritten digits, {found.side} × {found.side} pixels from 0 to 1; "
        f"one neuron f(w·x + b), mean squared error, all examples in every step, {steps} steps, {len(rates)} learning "
        f"rates from {rates[0]:g} to {rates[-1]:g}, each from the same start."
    )


def killing_rate(found: Deaths) -> str:
    """The smallest learning rate that kills the ReLU neuron."""
    if found.threshold is None:
        return f"No learning rate up to {found.relu.rates[-1]:g} kills the ReLU neuron on these digits."
    if found.alive_below is None:
        return f"The smallest learning rate found that kills the ReLU neuron is **{found.threshold:.5g}**."
    return (
        f"The smallest learning rate found that kills the ReLU neuron is **{found.threshold:.5g}**; "
        f"{found.alive_below:.5g} does not. (A sweep, then three rounds of ten rates in between.)"
    )


def rates_compared(found: Deaths) -> str:
    """The rate at which descent without activation diverges, and the leaky neuron."""
    died = int((found.leaky.dead_at >= 0).sum())
    return (
        f"Without an activation function, descent on these examples diverges above {found.edge:.3g} (2/λ, with λ the "
        "largest eigenvalue of the Hessian). The leaky neuron's gradient became exactly 0 at "
        f"{died or 'none'} of the {len(found.leaky.rates)} rates."
    )


def survivors(found: Deaths) -> str:
    """That some larger rates spare the neuron again; "" where none does."""
    return "Some larger rates leave the neuron alive." if found.revived else ""


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
ACTIVATION_MAP = {
    "keys": "The map before, after, and its slope. Arrow keys move the cell, Page keys the channel.",
    "channel": "channel",
    "channel_of": "{channel} of {total}",
    "colours": "colours",
    "same": "the same before and after",
    "own": "each map its own",
    "some_channels": "{count} of {total} channels are here: the liveliest and the dead ones",
    "dead_units": "dead units",
    "dead_channels": "dead channels",
    "dead_of": "{dead} of {total}",
    "own_function": "{title} (its own)",
    "no_unit": "No unit stands here.",
    "unit": "unit {index}",
    "cell": "channel {channel}, row {row}, column {column}",
    "reading": "{where}: x = {x} → f(x) = {value}, f′(x) = {slope}.",
    "reading_saturated": "{where}: x = {x} → f(x) = {value}, f′(x) = {slope}, saturated (|f′| < {threshold}).",
    "dead": "This channel is dead: {title} has slope 0 in every cell of it.",
    "before": "before: ±{limit}",
    "after": "after {title}: ±{limit}",
    "slope": "slope of {title}, 0 to {limit}",
    "how_often": "how often each value occurs",
    "value": "value",
    "spread": "Line: before, mean {mean}, std {std}. Bars: after {title}, mean {mean_after}, std {std_after}.",
    "clipped": "One bar is cut off: it holds more than is drawn.",
}
CURVE_DRAG = {
    "threshold": "saturated where |f′| is below",
    "saturated": "saturated",
    "parameter": "{title}: {symbol}",
    "nearly_stops": "Saturated: |f′| < {threshold}, so the gradient nearly stops here.",
    "passes": "On its way back the gradient is multiplied by {slope}.",
    "at": "{title} at x = {x}",
    "reading": "x {x}: {title} {value}, slope {slope}",
    "derivative": "f′(x), the derivative",
    "apart": "The browser's own arithmetic and the library's differ by {apart} at most.",
}
DESCENT_PAIR = {
    "keys": "Two paths over the plane of two weights. Left and right arrows step, space plays.",
    "inputs": "Inputs from {title}: from {lowest} to {highest}",
    "weights": "w = {weights}, loss {loss}",
    "example": "a = {inputs}, y − t = {error}",
    "gradient": "gradient 2 (y − t) a = {gradient}",
    "gradient_of_many": "gradient over {examples} examples = {gradient}",
    "signs_same": "Signs {one} {other}: the same, so both weights move the same way.",
    "signs_differ": "Signs {one} {other}: different, so one weight rises while the other falls.",
    "end": "The path ends here.",
    "same_share": "same sign in {share} of {steps} steps",
    "path": "path {length} long, {times} times the straight way",
    "key": "Filled: both gradients of the step have the same sign. Click one to go there.",
    "key_narrow": "Filled: both gradients have one sign. Click one.",
}
DYING_NEURON = {
    "rate": "learning rate",
    "dies": (
        "At a rate of {rate} the ReLU neuron dies at step {step}: no example makes its sum positive, its gradient is "
        "exactly 0, and {left} further steps change nothing."
    ),
    "lives": "At a rate of {rate} the ReLU neuron lives: after {steps} steps it is active on {share} of the examples.",
    "leaky_active": "The leaky one ends active on {share} of them.",
    "leaky_moves": (
        "The leaky one, too, is below 0 on every example after the last step, but its gradient is {gradient}, not 0: "
        "it still moves."
    ),
    "share_at_the_end": "share of examples that make it active at the end",
    "share": "share of examples that make it active",
    "error": "mean squared error, logarithmic",
    "step": "step",
    "dies_from": "ReLU dies from {rate} on",
    "solid": "line: {title}",
    "dashed": "dashed: {title}",
    "weights": "weights within ±{largest}",
    "bias": "bias {bias}",
    "active": "active on {share}",
    "loss": "loss {loss}",
    "gradient": "gradient {gradient}",
    "sums": "w·x + b, within ±{reach}",
}
SOFTMAX_TERMS = {
    "keys": "Softmax, class by class. Up and down arrows choose one.",
    "temperature": "temperature T",
    "apart": "The browser's own arithmetic and the library's differ by {apart} at most.",
    "entropy": "entropy {entropy} of at most ln {classes} = {most} ({share}); largest p {largest}",
    "others": "{count} other classes",
    "the_others": "+ {sum} (the others)",
    "sum": "= {total},  m = {largest} is the largest logit",
    "answers": "Raise this logit a little: its own p rises {times} times as much.",
    "jacobian": "Jacobian ∂p/∂z: row p, column z; colours to ±{largest}",
    "with_numbers": "with the numbers",
}
