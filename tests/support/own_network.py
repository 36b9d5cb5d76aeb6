"""A network of somebody's own for a test: under a module that stands nowhere on disk, and nothing left of it after."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator

import streamlit as st

from cnnviz.models import own_networks
from pages.shared import command_line, view

MODULE = "nets_of_a_stranger"


def stranger(make: Callable[[], object]) -> str:
    """The place of a network that this function makes."""
    module = sys.modules[MODULE] = types.ModuleType(MODULE)
    module.make = make  # type: ignore[attr-defined]
    return f"{MODULE}:make"


def forgotten() -> Iterator[None]:
    """For a fixture: no network of one's own before the test, and none after it."""
    own_networks.OWN.clear()
    yield
    own_networks.OWN.clear()
    sys.modules.pop(MODULE, None)
    command_line.opened.clear()
    st.cache_resource.clear()
    view.forget()
