"""One door to any network that can be looked at, by one short text.

    "efficientnet_lite0"         published weights where there are some, else random ones that say so
    "timm/convnext_atto"         the same, for timm
    "run:mnist-lenet5-1a2b3c4d"  what a training run left; with "@1200" its snapshot after step 1200
    "upload:resnet18.0123456789abcdef"  weights that somebody uploaded, in this network
    "layers:digits/flatten, linear 0"   layers of one's own (`own_stack`) for these images, not trained
    "untrained:resnet18"         a listed network with random weights, seed 0, beside which the trained one is held
    "package.module:function"    one's own, once `own` has registered it; after a "?" what was said of it on a page

The text is what a link carries, what a cache is keyed by, and what a picker returns.
"""

from __future__ import annotations

import dataclasses
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cnnviz import checkpoints, datasets, footprint, models, visitors
from cnnviz.checkpoints import uploads
from cnnviz.models import own_stack
from cnnviz.models import told as telling
from cnnviz.models.own_networks import NOTHING, OWN, PLACE
from cnnviz.models.told import Told
from cnnviz.plain_text import cut, whole_number
from cnnviz.records import Provenance, Spec

RUN, UPLOAD, LAYERS = "run:", "upload:", "layers:"
UNTRAINED = "untrained:"
TOLD = "?"  # what follows it was said of one's own network on a page (`models.told`)
MOST_TOLD = 64  # networks that are kept with something said of them: each link may say something else
_weights: dict[str, Path | None] = {}  # of one's own networks, by choice
LAST_STEP = 10**12 - 1  # the longest that a snapshot's name has room for


@dataclass(frozen=True, eq=False)
class Network:
    """A model in eval mode, what it expects, and where its weights come from."""

    choice: str
    model: nn.Module
    spec: Spec
    provenance: Provenance


def open_network(choice: str, *, download: bool = False) -> Network:
    """The network that `choice` names.

    Raises KeyError where there is none of that name (the message lists close ones), checkpoints.CheckpointError where a
    run's weights cannot be read, models.ModelError where layers do not fit, or there is too little memory.
    """
    if choice.startswith(RUN):
        return _from_run(choice)
    if choice.startswith(UPLOAD):
        return _from_upload(choice)
    if choice.startswith(LAYERS):
        return _from_layers(choice)
    if choice.startswith(UNTRAINED):
        name = choice.removeprefix(UNTRAINED)
        with footprint.admitted(name):
            said = Provenance("random", "random weights, seed 0: not trained", "so that the trained ones stand out")
            return Network(choice, models.build(name), models.spec(name), said)
    if TOLD in choice and choice not in OWN and PLACE.fullmatch(place_of(choice)):
        _tell(choice, telling.from_text(choice.partition(TOLD)[2]))
    with footprint.admitted(choice):
        model, provenance = models.pretrained(choice, download=download)
    return Network(choice, model, models.spec(choice), provenance)


def size(network: Network) -> int:
    """Bytes of its parameters and buffers."""
    held = (*network.model.parameters(), *network.model.buffers())
    return sum(value.numel() * value.element_size() for value in held)


def refuse_others(choice: str) -> None:
    """For whoever keeps what was opened: another visitor's run, weights or images count as not there.

    Raises checkpoints.CheckpointError.
    """
    if not by_itself(choice) or not visitors.current().id:
        return
    if choice.startswith(RUN):
        checkpoints.find(split(choice)[0])
    elif choice.startswith(UPLOAD) and not uploads.seen(choice.removeprefix(UPLOAD)):
        raise checkpoints.CheckpointError(f"the uploaded weights {cut(choice)!r} are not here; upload them again")
    elif choice.startswith(LAYERS):
        try:
            datasets.info(choice.removeprefix(LAYERS).partition("/")[0])
        except datasets.DatasetError as error:
            raise checkpoints.CheckpointError(str(error)) from error


def run_choice(run_id: str, step: int | None = None) -> str:
    """The text that names a run's network, or one of its snapshots."""
    return f"{RUN}{run_id}" + ("" if step is None else f"@{step}")


def at_its_end(choice: str) -> str:
    """A run's choice without the snapshot that it may name; any other as it is.

    >>> at_its_end("run:mnist-cnn-00000000@40")
    'run:mnist-cnn-00000000'
    """
    return choice.partition("@")[0] if choice.startswith(RUN) else choice


def layers_choice(layers: own_stack.Layers, dataset: str) -> str:
    """The text that names a network of these layers for that data set's images, with random weights."""
    return f"{LAYERS}{dataset}/{own_stack.to_text(layers)}"


def by_itself(choice: str) -> bool:
    """Whether a choice brings its network along, with its weights and its input size: it is no name in the registry."""
    return choice.startswith((RUN, UPLOAD, LAYERS, UNTRAINED))


def words(choice: str) -> str:
    """What a picker calls it, without opening it; the choice itself where it says enough, or nothing can be made of it.

    >>> words("layers:digits/flatten, linear 0")
    'Your own layers, not trained, for digits'
    >>> words("my_nets:tiny?input=3x64x64")
    'my_nets:tiny, as you said'
    >>> words("resnet18")
    'resnet18'
    """
    if choice.startswith(LAYERS):
        return f"Your own layers, not trained, for {choice.removeprefix(LAYERS).partition('/')[0]}"
    if choice.startswith(UNTRAINED):
        return f"{choice.removeprefix(UNTRAINED)}, not trained"
    if TOLD in choice:
        return f"{place_of(choice)}, as you said"
    if choice.startswith(UPLOAD):
        return f"{choice.removeprefix(UPLOAD).rpartition('.')[0].replace('+', '/')}, your file"
    return choice


def split(choice: str) -> tuple[str, int | None]:
    """(run id, step or None) of a run's choice.

    >>> split("run:mnist-cnn-00000000@40")
    ('mnist-cnn-00000000', 40)
    """
    run_id, _, step = choice.removeprefix(RUN).partition("@")
    number = whole_number(step, most=LAST_STEP)
    if step and number is None:
        raise KeyError(
            f"{cut(choice)!r} names a snapshot {step[:40]!r}; a snapshot is a step number, as in run:{run_id[:80]}@100"
        )
    return run_id, number


def _from_run(choice: str) -> Network:
    run_id, step = split(choice)
    model = checkpoints.load(run_id, step=step)
    return Network(choice, model, checkpoints.spec(run_id), checkpoints.provenance(run_id, step=step))


def _from_upload(choice: str) -> Network:
    kept = choice.removeprefix(UPLOAD)
    name = kept.rpartition(".")[0].replace("+", "/")
    with footprint.admitted(name) if uploads.seen(kept) else nullcontext():
        opened = uploads.open_upload(kept)
    title, known = models.title(opened.network), models.spec(opened.network)
    done = "".join(f"; {one}" for one in opened.said)
    said = Provenance("trained", f"{title}, weights uploaded here", f"a file of yours, {kept.rpartition('.')[2]}{done}")
    spec = dataclasses.replace(known, title=f"{title} (your file)")
    if opened.classes is not None:
        names = tuple(f"class {index}" for index in range(opened.classes))
        spec = dataclasses.replace(spec, classes=names, parameters=None, macs=None)
    return Network(choice, opened.model.eval(), spec, said)


def _from_layers(choice: str) -> Network:
    dataset, _, text = choice.removeprefix(LAYERS).partition("/")
    layers, info = own_stack.from_text(text), datasets.info(dataset)
    model = models.build("sequence", input_shape=info.shape, classes=len(info.classes), layers=layers)
    spec = dataclasses.replace(
        models.spec("sequence"), title=f"Your {len(layers)} layers on {info.title}", input_shape=info.shape,
        mean=info.mean, std=info.std, classes=info.classes, digit=info.digit, crop=1.0, parameters=None, macs=None,
        notes=("built layer by layer, not trained",),
    )  # fmt: skip
    reason = "nobody has trained these layers yet; the page Your own model does"
    return Network(choice, model, spec, Provenance("random", "random weights, seed 0: not trained", reason))


def own(place: str, weights: Path | None = None, told: Told = NOTHING, *, name: str = "") -> str:
    """Registers a network of one's own, "package.module:function" or "folder/net.py:function", for this process.

    Its choice, which is returned, is the place itself ("net:function" for a file), or `name`. weights: a file of
    weights for it; none: whatever the function put into it. told: what is said of its input and output. The module is
    imported, that is: run.
    Raises models.ModelError and checkpoints.CheckpointError, each a sentence with the remedy.
    """
    choice = models.own(place, told, name=name)
    entry, place = OWN[choice], place_of(choice)
    said = Provenance("trained", f"as {place} makes it", "its weights are whatever the function put in")
    if weights is not None:
        try:
            done = checkpoints.read_weights(weights, models.build(choice), exact=True)
        except checkpoints.CheckpointError:
            del OWN[choice]
            raise
        said = Provenance("trained", f"{place} with {weights.name}", "; ".join(("weights from your file", *done)))

    def filled(_download: bool) -> tuple[nn.Module, Provenance]:
        model = models.build(choice)
        if weights is not None:
            checkpoints.read_weights(weights, model, exact=True)
        return model, said

    OWN[choice] = dataclasses.replace(entry, weights=filled)
    _weights[choice] = weights
    return choice


def retold(choice: str, told: Told) -> str:
    """The same network of one's own, with the same weights, and other things said of it; returns its choice.

    The choice that the command line named stays as it is. Raises as `own`, KeyError for any other network.
    """
    return _tell(f"{place_of(choice)}{TOLD}{told.text}", told)


def _tell(choice: str, told: Told) -> str:
    place = place_of(choice)
    if place not in OWN:
        raise KeyError(f"{cut(place)} is not open here; start the app with --model {cut(place)}")
    for oldest in [name for name in OWN if TOLD in name][: 1 - MOST_TOLD]:
        del OWN[oldest]
        _weights.pop(oldest, None)
    return own(place, _weights.get(place), told, name=choice)


def place_of(choice: str) -> str:
    """The "package.module:function" behind a choice of one's own network, without what was said of it on a page.

    >>> place_of("my_nets:tiny?input=3x64x64")
    'my_nets:tiny'
    """
    return choice.partition(TOLD)[0]
