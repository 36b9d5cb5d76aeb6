"""What a packet declares is what its component reads: every key stands in the component's JavaScript."""

from __future__ import annotations

import importlib
import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pages.shared.components import modules
from tests.support import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "pages").rglob("components/*/__init__.py"))
# Their packets hold blobs under names that are counted, or parts that only one of several figures gives.
UNTYPED = {"dying_neuron", "filter_lens", "kernel_grid", "kernel_pairs", "grid_links", "shift_lab", "side_by_side"}
UNTYPED |= {"unit_card", "sliding_window"}
# Keys whose names are put together in the browser, or that are for Python's readers of the packet alone.
BY_NAME = {
    "descent_pair": {"surface0", "surface1"},
    "curve_drag": {"word"},
    "race": {"loss"},
    "scores": {"others"},
    "block_stages": {"operation"},
    "descent_paths": {"levels"},
}


def packet_of(folder: Path) -> Any:
    """The annotation of a component's first argument; None where it takes none."""
    module = importlib.import_module(".".join(folder.relative_to(ROOT).parts))
    function = getattr(module, folder.name, None)
    if function is None:
        return None
    first = next(iter(inspect.signature(function).parameters), "")
    return typing.get_type_hints(function).get(first)


def typed_dicts(annotation: Any) -> Iterator[type]:
    """Every TypedDict within an annotation, the inner ones too."""
    if typing.is_typeddict(annotation):
        yield annotation
        for inner in typing.get_type_hints(annotation).values():
            yield from typed_dicts(inner)
    for inner in typing.get_args(annotation) if not isinstance(annotation, str) else ():
        yield from typed_dicts(inner)


def scripts(folder: Path) -> str:
    """A component's JavaScript with every module that it imports."""
    entry = next(file for name in ("main", folder.name) if (file := folder / f"{name}.js").is_file())
    return "\n".join(file.read_text("utf-8") for file in modules.ordered(entry))


def _opened(folder: Path) -> str:
    """Parts of a packet that Python takes apart before it travels, as `data["meta"]`."""
    return " ".join(re.findall(r'data\["(\w+)"\]', (folder / "__init__.py").read_text("utf-8")))


def _is_mapping(annotation: Any) -> bool:
    return (typing.get_origin(annotation) or annotation) in (dict, Mapping)


TYPED = [folder for folder in FOLDERS if any(True for _ in typed_dicts(packet_of(folder)))]


@pytest.mark.parametrize("folder", TYPED, ids=lambda folder: folder.name)
def test_every_key_of_a_packet_is_read(folder: Path) -> None:
    words = set(re.findall(r"[A-Za-z_]\w*", scripts(folder) + _opened(folder))) | BY_NAME.get(folder.name, set())
    unread = {
        f"{one.__name__}.{key}" for one in typed_dicts(packet_of(folder)) for key in typing.get_type_hints(one)
        if key not in words
    }  # fmt: skip
    assert not unread, f"{folder.name} never reads {sorted(unread)}: leave them out of the packet"


def test_a_component_that_takes_a_mapping_is_a_known_exception() -> None:
    loose = {folder.name for folder in FOLDERS if _is_mapping(packet_of(folder))}
    assert loose <= UNTYPED, f"say what is in the packets of {sorted(loose - UNTYPED)}: a TypedDict beside the figure"
