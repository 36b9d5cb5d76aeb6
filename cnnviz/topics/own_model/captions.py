"""What the page on one's own model says: whole sentences; what comes from outside is escaped here."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.plain_text import escaped
from cnnviz.records.outputs import OUTPUTS
from cnnviz.records.own_model import OwnModel

TITLE = "What does a network of your own look like?"
INTRODUCTION = (
    "Choose layers and see at once what comes out of each, what it costs and how far it sees. A layer that does not "
    "fit is marked. Train your network here, or bring weights or a module and open them in Explore."
)
LAYER_BY_LAYER, YOUR_WEIGHTS, YOUR_MODULE = "Layer by layer", "Your weights", "Your module"

# Layer by layer
AS_CODE, ONLY_WHAT_FITS, THE_CODE = "As PyTorch code", "The code ends at the layer that does not fit.", "The code"
START_FROM, IMAGES_OF = "Start from", "Images of"
TRAIN = "Train it"
SECONDS, LEARNING_RATE, OPTIMISER, BATCH_SIZE = "Seconds", "Learning rate", "Optimiser", "Batch size"
OPEN_UNTRAINED, UNTRAINED_HELP = "Open it in Explore as it is", "With random weights, before any training."
DOES_NOT_FIT = "It does not fit together yet: the layer that breaks it is marked."

# Your weights
NETWORK, OPEN = "Network", "Open in Explore"
HOW_FILES_ARE_READ = (
    "A .pt, .pth, .ckpt or .bin file is opened with `weights_only=True` in a separate process, which reads only its "
    "tensors. A safetensors file holds nothing but tensors: `safetensors.torch.save_file(model.state_dict(), "
    "'weights.safetensors')` writes one."
)
STATES = {
    "missing": "Missing in the file",
    "unexpected": "Unexpected: only in the file",
    "wrong shape": "Of another shape",
    "wrong type": "Of another type",
}

# Your module
HOW_TO_NAME_IT = (
    "Name your file and what is in it when you start the app: an `nn.Module` that stands ready, or a class or function "
    "that makes one without arguments. A function may return a `cnnviz` Spec beside the module (input shape, mean, "
    "std, classes)."
)
SAID = {
    "builder": INTRODUCTION,
    "weights": (
        "**Bring weights that you trained.** Name the network they belong to: each tensor is compared by name and "
        "shape before anything is used."
    ),
    "module": HOW_TO_NAME_IT,
}  # what each part shows: its title and a sentence
ONLY_TRUSTED = (
    "Starting the app imports the module, which runs its code. Name only code that you trust. `--weights` can be left "
    "out."
)
NO_MODULE = "This app was started without `--model`."
SAY_IT = "What your network expects"
INPUT_SIZE, CHANNELS, MEAN, DEVIATION = "Input size", "Channels", "Mean of each channel", "Deviation of each channel"
CHANNELS_HELP = "A letter for each channel: R, G, B, L (grey), 0 or 1 everywhere. BGR turns the order round."
OUTPUT, NAMES = "What its outputs are", "Names of the outputs, one a line"


# ---------------------------------------------------------------------------------------------------- layer by layer
def unreadable_link(reason: str) -> str:
    """The layers of a link are none."""
    return f"The link's layers cannot be read: {escaped(reason)}. The layers shown are those of LeNet-5."


def dataset(title: str, shape: Sequence[int], classes: int) -> str:
    """An option: whose images go in. shape: channels, height, width."""
    return f"{title}: {' × '.join(map(str, shape))}, {classes} classes"


def enters(shape: Sequence[int], classes: int) -> str:
    """Above the layers: what goes in, and what a linear layer of 0 units means."""
    return (
        f"The image enters as `{list(shape)}`. A linear layer set to 0 units gets one unit for each class, here "
        f"{classes}."
    )


def comes_in(shape: Sequence[int], problem: str) -> str:
    """Why a layer does not fit what comes in. problem: the layer's own sentence. Plain text, not Markdown."""
    return f"The input is {list(shape)}. {problem}"


def kept(problem: str) -> str:
    """A change that was refused."""
    return f"{escaped(problem)}. Your previous layers were kept."


def total(model: OwnModel) -> str:
    """What the whole network costs, or why it does not work. Plain text, not Markdown."""
    if not model.works:
        return model.ending or DOES_NOT_FIT
    return f"{model.parameters:,} parameters, {model.macs:,} multiply-adds for each image."


def will_be(run_id: str) -> str:
    """What the run will be called, and where to follow it."""
    return f"The run will be called `{run_id}`. Progress, Stop and Explore are in the sidebar."


# ------------------------------------------------------------------------------------------------------ your weights
def file(megabytes: int) -> str:
    """The label of the upload. megabytes: the most that a file may have."""
    return f"Its weights, a .safetensors, .pt, .pth, .ckpt or .bin file of up to {megabytes} MB"


def unreadable(reason: str) -> str:
    """Why a file cannot be read. reason: an error's sentence without its full stop."""
    return f"{escaped(reason)}."


def no_network(reason: str) -> str:
    """Why the chosen network cannot be built. reason: escaped, without a full stop."""
    return f"This network cannot be built: {reason}."


def fits(tensors: int, network: str) -> str:
    """Every tensor is as the network needs it. network: its title."""
    return f"All {tensors:,} tensors fit {network}."


def done(step: str) -> str:
    """What was changed on the way, such as a prefix that was removed."""
    return f"What was done: {escaped(step)}."


def misfit(file: str, network: str, *, fitting: int, wanted: int, closest: str) -> str:
    """A file does not fit. network, closest: titles; closest: the listed network it does fit, or ""."""
    found = f"{escaped(file)} does not fit {network}: {fitting:,} of its {wanted:,} tensors are as they should be."
    if closest:
        return f"{found} They fit **{closest}**: choose that network."
    return f"{found} Choose the network that they come from."


def refused(reason: str) -> str:
    """Why weights could not be kept. reason: escaped, without a full stop."""
    return f"{reason}."


def state(name: str, tensors: int) -> str:
    """Over a table of tensors. name: a key of STATES."""
    return f"**{STATES[name]}: {tensors:,}**"


def first(shown: int, tensors: int) -> str:
    """Under a table that was cut."""
    return f"The first {shown} of {tensors:,} are shown."


# ------------------------------------------------------------------------------------------------------- your module
def module(place: str, shape: Sequence[int], classes: int) -> str:
    """A network from a module. place: as it was named at the start."""
    return f"**{escaped(place)}** takes images of shape `{list(shape)}` and knows {classes} classes."


def output(kind: str) -> str:
    """A kind of output in the list."""
    return f"{kind}: {OUTPUTS[kind]}" if kind else "guess it"


def say_of(place: str) -> str:
    """The button that opens the network once more with what is said of it."""
    return f"Say this of {escaped(place)}"


def told(shape: Sequence[int]) -> str:
    """After that."""
    return (
        f"Taken: images of shape `{list(shape)}`. Every page now shows the network so; what was left empty is guessed."
    )


def open_module(title: str) -> str:
    """The button that opens a module's network."""
    return f"Open {escaped(title)} in Explore"


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
LAYER_BUILDER = {
    "listed": "The layers, first to last",
    "add": "Add at the end",
    "layer_to_add": "Layer to add",
    "layer": "Layer {number}",
    "breaks": "It breaks here: {problem}",
    "output": "output",
    "parameters": "parameters",
    "macs": "multiply-adds",
    "sees": "sees",
    "not_reached": "not reached",
    "setting": "{name} of layer {number}",
    "up": "Move up",
    "down": "Move down",
    "insert": "Insert a layer after this one",
    "remove": "Remove",
    "tool": "{what}: layer {number}",
}
