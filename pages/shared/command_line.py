"""What was written on the command line: an image and a network of one's own, which every session then opens with.

cnnviz [image] [--model package.module:function] [--weights file.safetensors] [what is said of the network]
streamlit run app.py -- [image] [--model …] [--weights …] …
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from cnnviz import checkpoints, images, models, networks
from cnnviz.command_line import Arguments, ArgumentsError, read
from cnnviz.models.told import Told, names_in
from cnnviz.plain_text import escaped
from pages.shared import image_picker, url_state

LONGEST = 900  # characters of one problem: the remedy stands at its end


@dataclass(frozen=True)
class NamedInputs:
    """What the command line named. image: the file's bytes, or b""; title: its name. choice: the network's, or "".

    problems: a sentence for each thing that cannot be opened.
    """

    image: bytes = b""
    title: str = ""
    choice: str = ""
    problems: tuple[str, ...] = ()


@st.cache_resource(show_spinner="Opening what the command line names …")
def opened(arguments: tuple[str, ...]) -> NamedInputs:
    """The same, once a process."""
    return open_named(arguments)


def open_named(arguments: tuple[str, ...]) -> NamedInputs:
    """What these arguments name; the folder in which the app was started is looked in for modules, too."""
    try:
        found = read(list(arguments))
    except ArgumentsError as error:
        return NamedInputs(problems=(f"The command line cannot be read: {_plain(error)}.",))
    image, image_problems = _image(found)
    choice, model_problems = _network(found)
    title = found.image.name if found.image else ""
    return NamedInputs(image, title, choice, image_problems + model_problems)


def _image(found: Arguments) -> tuple[bytes, tuple[str, ...]]:
    """(bytes, problems): checked here once, so that no session meets a file that is no image."""
    if found.image is None:
        return b"", ()
    try:
        images.read(found.image)
        return found.image.read_bytes(), ()
    except images.ImageError as error:
        return b"", (f"Your image cannot be opened: {_plain(error)}.",)


def _network(found: Arguments) -> tuple[str, tuple[str, ...]]:
    """(choice, problems). The folder goes second: the first holds the app's own modules."""
    if not found.model:
        return "", ()
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(1, here)
    try:
        return networks.own(found.model, found.weights, _told(found)), ()
    except (models.ModelError, checkpoints.CheckpointError) as error:
        return "", (f"Your network cannot be opened: {_plain(error)}.",)


def _told(found: Arguments) -> Told:
    """What the command line says of the network. Raises ModelError where the file of names cannot be read."""
    names: tuple[str, ...] = ()
    if found.classes is not None:
        try:
            names = names_in(found.classes.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise models.ModelError(
                f"the class names in {found.classes.name} cannot be read ({type(error).__name__}); write a text file "
                f"in UTF-8, one name a line"
            ) from error
    return Told(found.input, found.mean, found.std, found.channels, found.output, names)


def _plain(error: ValueError) -> str:
    return str(error).rstrip(".")


def show() -> None:
    """What was named becomes the image and the network at hand, once a session; what is wrong with it is said here."""
    script, *rest = sys.argv or [""]
    if Path(script).name != "app.py":  # a test, or another program that runs the pages
        return
    named = opened(tuple(rest))
    for problem in named.problems:
        st.error(escaped(problem, longest=LONGEST), icon=":material/error:")
    if "arguments.taken" in st.session_state:
        return
    st.session_state["arguments.taken"] = True
    if named.image and "picture" not in st.query_params:
        image_picker.take(named.image, named.title)
    if named.choice and url_state.get("network") == url_state.DEFAULTS["network"] and "network" not in st.query_params:
        url_state.change(network=named.choice)
