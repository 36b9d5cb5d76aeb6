"""What runs and their settings are called: by network and data, and by what tells one from others of that name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cnnviz.records import TrainConfig

UNNAMED = ("snapshots", "probes")  # what is saved and measured on the way changes nothing of what is learned
NOTHING: Mapping[str, str] = MappingProxyType({})
SPELLED = 4  # settings that a run's name spells out
NAMES = {
    "lr": "learning rate", "optimizer": "optimiser", "batch_size": "batch size", "model": "network",
    "batch_norm": "batch normalisation", "weight_decay": "weight decay", "schedule": "schedule",
    "dataset": "data set", "order": "order of the images", "examples": "training images", "start": "starts from",
    "cut": "trained from", "body_lr": "other layers' share of the learning rate",
    "label_smoothing": "label smoothing", "warmup": "warm-up", "test_shift": "shift of the test images",
}  # fmt: skip


def setting_name(name: str) -> str:
    """A setting of a config as a person calls it."""
    return NAMES.get(name, name.replace("_", " "))


def setting_value(value: object) -> str:
    """Its value in words.

    >>> setting_value(0.0001), setting_value(()), setting_value((("batch_norm", True),))
    ('0.0001', 'none', 'batch normalisation yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return " and ".join(map(_part, value)) or "none"
    return "none" if value is None else str(value)


def _part(item: object) -> str:
    if isinstance(item, tuple) and len(item) == 2:
        return f"{setting_name(str(item[0]))} {setting_value(item[1])}"
    return str(item)


def setting(name: str, value: object) -> str:
    """ "learning rate 0.1", "2000 training images", and of the network's options what they say."""
    if name == "options":
        return setting_value(value) if value else "options as usual"
    return f"{setting_name(name)} {setting_value(value)}"


def differing(configs: Sequence[TrainConfig], *, seeds: bool = True) -> tuple[str, ...]:
    """Names of the settings that are not the same in all of them, in the config's order. seeds: the seed counts."""
    fields = (field.name for field in dataclasses.fields(TrainConfig) if field.name not in UNNAMED)
    wanted = (name for name in fields if seeds or name != "seed")
    return tuple(name for name in wanted if len({repr(getattr(config, name)) for config in configs}) > 1)


def label(config: TrainConfig, names: Sequence[str], called: Mapping[str, str] = NOTHING) -> str:
    """Those settings of a config in words: "learning rate 0.1, momentum 0.9"; "" for none.

    called: settings that have a title, which says by itself what it is: "LeNet-5".
    """
    return ", ".join(called.get(name) or setting(name, getattr(config, name)) for name in names)


def told_apart(runs: Sequence[tuple[str, TrainConfig]]) -> list[str]:
    """A name for each (title, settings): its title, what differs where others have it, its take where nothing does."""
    said = []
    for title, config in runs:
        names = differing([other for named, other in runs if named == title])
        told = label(config, names[:SPELLED])
        said.append(f"{title} · {told}" if told else title)
    return [f"{one} · take {said[: at + 1].count(one)}" if said.count(one) > 1 else one for at, one in enumerate(said)]
