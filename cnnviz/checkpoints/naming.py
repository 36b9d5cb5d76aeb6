"""The names under which one network's tensors are found in files: wrapped, prefixed, or of an older torchvision.

torch's DataParallel writes `module.`, torch.compile `_orig_mod.`, FSDP its own; Lightning writes the attribute's name
(`model.`, `net.`); torchvision before 0.3 wrote `norm.1` in a DenseNet where `norm1` stands today; whoever fine-tunes
often puts a Sequential of dropout and linear layer where the head was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

WRAPPERS = re.compile(
    r"(?:^|(?<=\.))(?:_orig_mod|module|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)\."
)
OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12])(?=\.\w+$)")
OLD_NORMS = re.compile(r"(?<=\.)(gamma|beta|moving_mean|moving_var|moving_variance)$")
TODAYS = {
    "gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_var": "running_var",
    "moving_variance": "running_var",
}  # fmt: skip
# Of two networks in one file that fit alike, the one that was trained, not its running average.
AVERAGED = re.compile(r"(?:^|[._])(?:k|ema|key|momentum|target|teacher|shadow|avg|average)(?:[._]|$)")
NUMBERED = re.compile(r"(.+)\.\d+\.(weight|bias)")


@dataclass(frozen=True)
class NameMapping:
    """names: as the network would write them → as the file does. outside: the file's names that do not belong to it."""

    names: Mapping[str, str]
    said: tuple[str, ...] = ()
    outside: tuple[str, ...] = field(default=())


def read(file: Collection[str], wanted: Collection[str]) -> NameMapping:
    """How most of the file's names become the network's; the names as they are, where nothing does better.

    A prefix counts where it gives the network half of its names or more: a block of another network
    (`layer1.0.conv1.weight`) is not this one, and what is said of its tensors would not be what the file says.
    """
    tried = [NameMapping({name: name for name in file})]
    tried += [changed for change in (_unwrapped, _modern) if (changed := change(tried[0])) is not None]
    if len(tried) == 3 and (both := _modern(tried[1])) is not None:
        tried.append(both)
    moved = [_moved(one, wanted) for one in tried]
    tried += [one for one in moved if one is not None and 2 * _matches(one.names, wanted) >= len(wanted)]
    best = max(tried, key=lambda one: _matches(one.names, wanted))  # the first of several that are as good
    return _sequential_heads(best, wanted)


def _matches(names: Iterable[str], wanted: Collection[str]) -> int:
    return sum(name in wanted for name in names)


def _unwrapped(naming: NameMapping) -> NameMapping | None:
    plain = {WRAPPERS.sub("", name): file for name, file in naming.names.items()}
    if len(plain) < len(naming.names) or set(plain) == set(naming.names):
        return None
    found = Counter(match.group() for name in naming.names for match in WRAPPERS.finditer(name))
    said = " and ".join(f"`{wrapper}`" for wrapper in found)
    return NameMapping(plain, (*naming.said, f"{said} taken out of the names"), naming.outside)


def _modern(naming: NameMapping) -> NameMapping | None:
    names, said = dict(naming.names), list(naming.said)
    for change, words in (
        (_of_densenet, "old DenseNet names (`norm.1`) read as today's (`norm1`)"),
        (_of_norm, "`gamma`, `beta` and `moving_…` of norms read as PyTorch's names"),
    ):
        plain = {change(name): file for name, file in names.items()}
        if len(plain) == len(names) and set(plain) != set(names):
            names, said = plain, [*said, words]
    return NameMapping(names, tuple(said), naming.outside) if set(names) != set(naming.names) else None


def _of_densenet(name: str) -> str:
    return OLD_DENSENET.sub(r"\1\2", name)


def _of_norm(name: str) -> str:
    return OLD_NORMS.sub(lambda match: TODAYS[match[1]], name)


def _moved(naming: NameMapping, wanted: Collection[str]) -> NameMapping | None:
    """Without the prefix that the file's names have, or with the one that the network's have; None where neither."""
    taken, given = _prefix(naming.names, set(wanted)), _prefix(wanted, set(naming.names))
    if max(taken[1], given[1]) == 0:
        return None
    if taken[1] >= given[1]:
        prefix, _, others = taken
        inside = {name[len(prefix) :]: file for name, file in naming.names.items() if name.startswith(prefix)}
        outside = tuple(file for name, file in naming.names.items() if not name.startswith(prefix))
        alike = f" (`{others[0]}` would fit as well)" if others else ""
        return NameMapping(inside, (*naming.said, f"the prefix `{prefix}` taken off the names{alike}"), outside)
    longer = {given[0] + name: file for name, file in naming.names.items()}
    return NameMapping(longer, (*naming.said, f"the prefix `{given[0]}` put before the names"), naming.outside)


def _prefix(names: Iterable[str], others: Collection[str]) -> tuple[str, int, list[str]]:
    """("model.", 62, []): the prefix without which most names are among the others, how many, and its equals."""
    found: Counter[str] = Counter()
    for name in names:
        at = name.find(".")
        while at >= 0:
            found[name[: at + 1]] += name[at + 1 :] in others
            at = name.find(".", at + 1)
    most = max(found.values(), default=0)
    alike = sorted((one for one, count in found.items() if count == most), key=lambda one: bool(AVERAGED.search(one)))
    return (alike[0], most, alike[1:]) if alike else ("", 0, [])


def _sequential_heads(naming: NameMapping, wanted: Collection[str]) -> NameMapping:
    """`fc.1.weight` is `fc.weight` where the network has one layer `fc` and the file one layer with weights in it."""
    names, said = dict(naming.names), list(naming.said)
    inner: dict[str, set[str]] = {}
    for name in naming.names:
        if name not in wanted and (match := NUMBERED.fullmatch(name)):
            inner.setdefault(match[1], set()).add(name.rpartition(".")[0])
    for module, layers in inner.items():
        if len(layers) != 1 or f"{module}.weight" not in wanted or f"{module}.weight" in names:
            continue
        (layer,) = layers
        said.append(f"`{layer}` taken for `{module}`")
        for part in ("weight", "bias"):
            if f"{layer}.{part}" in names:
                names[f"{module}.{part}"] = names.pop(f"{layer}.{part}")
    return NameMapping(names, tuple(said), naming.outside)
