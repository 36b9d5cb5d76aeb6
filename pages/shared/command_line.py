"""What was written after `streamlit run app.py --`: a network of one's own, which every session then opens with.

streamlit run app.py -- --model package.module:function [--weights file.safetensors]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

import streamlit as st

from cnnviz import checkpoints, models, networks
from cnnviz.plain_text import escaped
from pages.shared import url_state

USAGE = "streamlit run app.py -- --model package.module:function [--weights file.safetensors]"


class ArgumentsError(ValueError):
    """Arguments that name nothing that can be opened."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentsError(f"{message}; it is {USAGE}")


def read(arguments: list[str]) -> tuple[str, Path | None]:
    """(place, weights) of the arguments; ("", None) where there are none. Raises ArgumentsError."""
    parser = _Parser(prog="app.py", add_help=False, allow_abbrev=False)
    parser.add_argument("--model", default="")
    parser.add_argument("--weights", type=Path)
    found = parser.parse_args(arguments)
    if found.weights is not None and not found.model:
        raise ArgumentsError(f"--weights was given without --model; it is {USAGE}")
    return found.model, found.weights


@st.cache_resource(show_spinner="Opening your network …")
def opened(arguments: tuple[str, ...]) -> tuple[str, str]:
    """The same, once a process."""
    return register(arguments)


def register(arguments: tuple[str, ...]) -> tuple[str, str]:
    """(choice, problem) of the network that is named; the folder in which the app was started is looked in too."""
    try:
        place, weights = read(list(arguments))
        if not place:
            return "", ""
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.insert(0, here)
        return networks.own(place, weights), ""
    except (ArgumentsError, models.ModelError, checkpoints.CheckpointError) as error:
        return "", str(error).rstrip(".")


def show() -> None:
    """The named network becomes the one at hand, once a session; what is wrong with the arguments is said here."""
    script, *rest = sys.argv or [""]
    if Path(script).name != "app.py":  # a test, or another program that runs the pages
        return
    choice, problem = opened(tuple(rest))
    if problem:
        st.error(f"Your network cannot be opened: {escaped(problem)}.", icon=":material/error:")
    if choice and "arguments.taken" not in st.session_state:
        st.session_state["arguments.taken"] = True
        if url_state.get("network") == url_state.DEFAULTS["network"] and "network" not in st.query_params:
            url_state.change(network=choice)
