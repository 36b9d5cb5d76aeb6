"""The door to timm: any of its networks as "timm/<name>". timm itself is imported when one is asked for, being slow."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from torch import nn

from cnnviz.models.entries import Entry, ModelError, Shape, classes_named, seeded
from cnnviz.plain_text import said_by
from cnnviz.records import Provenance, Spec
from cnnviz.registry import unknown

PREFIX = "timm/"
FILE = "model.safetensors"
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")


@functools.lru_cache(maxsize=256)
def entry(name: str) -> Entry:
    """The entry of "timm/<name>" or "timm/<name>.<tag>". Raises KeyError (the close names are listed)."""
    import timm

    short = name.removeprefix(PREFIX)
    plain, _, tag = short.partition(".")
    if not timm.is_model(plain):
        raise KeyError(unknown("timm network", short, timm.list_models()))
    if tag and short not in timm.list_pretrained(f"{plain}.*"):
        raise KeyError(unknown("timm network", short, (plain, *timm.list_pretrained(f"{plain}.*"))))
    return Entry(
        name,
        f"{short} (timm)",
        "timm",
        functools.cache(functools.partial(_spec, short)),
        functools.partial(_build, short),
        functools.partial(_pretrained, short),
    )


def names(pattern: str = "") -> tuple[str, ...]:
    """ "timm/<name>" of every network of timm whose name contains `pattern`."""
    import timm

    return tuple(PREFIX + name for name in timm.list_models(f"*{pattern}*" if pattern else ""))


def _config(short: str) -> dict[str, Any]:
    import timm

    config = timm.get_pretrained_cfg(short)
    return config.to_dict() if config else {}


def _build(short: str, input_shape: Shape, classes: int, **options: Any) -> nn.Module:
    import timm

    spec = entry(PREFIX + short).spec()
    asked = {"in_chans": input_shape[0], "num_classes": classes, **options}
    if input_shape[1:] != spec.input_shape[1:] and _config(short).get("fixed_input_size"):
        asked["img_size"] = input_shape[1:]
    try:
        return timm.create_model(short, pretrained=False, **asked)
    except (TypeError, ValueError, RuntimeError, AssertionError) as error:
        raise ModelError(f"timm cannot build {short} with {asked}: {error}") from error


def _spec(short: str) -> Spec:
    from timm.data import resolve_data_config

    config = _config(short)
    data = resolve_data_config(pretrained_cfg=config)
    interpolation = data["interpolation"] if data["interpolation"] in INTERPOLATIONS else "bilinear"
    hub = config.get("hf_hub_id")
    return Spec(
        name=PREFIX + short,
        title=f"{short} (timm)",
        input_shape=tuple(data["input_size"]),
        mean=tuple(data["mean"]),
        std=tuple(data["std"]),
        classes=_classes(config),
        link=f"https://huggingface.co/{hub}" if hub else "https://github.com/huggingface/pytorch-image-models",
        idea=config.get("description") or "",
        family="timm",
        crop=float(data["crop_pct"]),
        interpolation=interpolation,
        crop_mode=data["crop_mode"] if data["crop_mode"] in ("squash", "border") else "center",
        floors=True,
        weights="download" if hub else "",
    )


def _classes(config: dict[str, Any]) -> tuple[str, ...]:
    from timm.data import ImageNetInfo

    count = int(config.get("num_classes") or 0)
    named = config.get("label_names")
    if named and len(named) == count:
        return tuple(str(name) for name in named)
    if count == 1000:
        info = ImageNetInfo()
        return tuple(info.index_to_description(index).split(",")[0] for index in range(count))
    return classes_named(max(count, 1))


def _pretrained(short: str, download: bool) -> tuple[nn.Module, Provenance]:
    import timm
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = _file(short, download)
    try:
        overlay = {"state_dict": load_file(file)}
        with seeded(0):
            model = timm.create_model(short, pretrained=True, pretrained_cfg_overlay=overlay)
    except (SafetensorError, OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the cached weights of {short} do not fit the network: {_first(error)}") from error
    hub = _config(short)["hf_hub_id"]
    return model, Provenance(
        "pretrained", f"published weights (timm {short})", f"{hub} on the Hugging Face hub, {FILE}"
    )


def _file(short: str, download: bool) -> Path:
    """The cached safetensors file, fetched first where `download` says so. Raises ModelError with the reason."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    config = _config(short)
    hub = config.get("hf_hub_id")
    if not hub or config.get("custom_load") == "hf":
        raise ModelError(f"timm publishes no safetensors weights for {short}, and other formats are not read here")
    try:
        return Path(hf_hub_download(hub, FILE, local_files_only=not download))
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError, ValueError) as error:
        if not download:
            raise ModelError(
                f"the weights of {short} are not in the Hugging Face cache of this machine; "
                f"a download from huggingface.co/{hub} would fetch them"
            ) from error
        raise ModelError(f"{hub} could not be downloaded from huggingface.co: {_first(error)}") from error


def _first(error: Exception) -> str:
    """The first line of an error's message: the rest is a list that nobody reads in a sentence."""
    return (said_by(error).strip().splitlines() or [type(error).__name__])[0][:200]
