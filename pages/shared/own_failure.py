"""A page on which a network of one's own fails says so in one sentence; what else fails there stays an error."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import streamlit as st
from streamlit.errors import FragmentHandledException

from cnnviz import failures
from cnnviz.models import own_networks
from cnnviz.models.first_forward import told
from cnnviz.plain_text import escaped
from pages.shared import url_state

WAY = ("torch", "nn", "modules", "module.py")  # the file through which every call of a network goes


def run(page: Callable[[], None]) -> None:
    """Runs the page; what the chosen network raises, if it came with --model, is one sentence with its remedy."""
    try:
        page()
    except FragmentHandledException:
        raise  # it is on the page already
    except (Exception, SystemExit) as error:
        choice = url_state.get("network")
        if choice not in own_networks.OWN or not _in_a_network(error):
            raise
        failures.note(f"a network of one's own failed, {choice}", told(error), remedy="Its forward is to be mended.")
        st.error(
            f"Your network cannot be opened on this page: {escaped(choice)} raised {escaped(told(error))} for this "
            f"image. Mend its forward and start the app again, or choose another network.",
            icon=":material/error:",
        )


def _in_a_network(error: BaseException) -> bool:
    """Whether it was raised in the call of an nn.Module."""
    ending = "/".join(WAY)
    return any(line.filename.replace("\\", "/").endswith(ending) for line in traceback.extract_tb(error.__traceback__))
