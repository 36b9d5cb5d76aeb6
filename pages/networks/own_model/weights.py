"""A file of weights for any listed network: compared name by name, then opened in Explore."""

from __future__ import annotations

import streamlit as st

from cnnviz import checkpoints, failures, images, limits, models, networks, runs
from cnnviz.checkpoints import uploads
from cnnviz.plain_text import escaped
from cnnviz.records.own_model import NamedTensor
from cnnviz.topics.own_model import captions, figures
from pages.networks.own_model import cache
from pages.shared import network_picker, number_table, upload_room, url_state
from pages.shared.source_box import source_box

SHOWN = 200


def show() -> None:
    """Draw the part that compares a file of weights."""
    left, right = st.columns(2, gap="large")
    with left:
        network = st.selectbox(
            captions.NETWORK, models.names(), format_func=models.title, key="own_model.network", bind="query-params",
            index=list(models.names()).index("resnet18"),
        )  # fmt: skip
    with right:
        file = upload_room.field(
            captions.file(limits.WEIGHTS_MB),
            key="own_model.file", max_upload_size=limits.WEIGHTS_MB,  # any ending: each is answered with a sentence
        )  # fmt: skip
    st.caption(captions.HOW_FILES_ARE_READ)
    if file is not None and network:
        _answer(network, file.getvalue(), file.name)
    source_box(SNIPPET, made_by=(uploads.compared, uploads.keep))


def _answer(network: str, data: bytes, title: str) -> None:
    digest = images.digest(data)
    try:
        data, said = cache.readable(network, digest, data, title)
        found = cache.compared(network, digest, data, title)
    except checkpoints.CheckpointError as error:
        failures.note("a file of weights was refused", error, remedy="What works stands on the page Your own model.")
        st.error(captions.unreadable(str(error)), icon=":material/error:")
        return
    except network_picker.CANNOT_OPEN as error:
        st.error(captions.no_network(network_picker.reason(error)), icon=":material/error:")
        return
    fitting = sum(one.state == "fits" for one in found.rows)
    wanted = sum(one.state != "unexpected" for one in found.rows)
    if found.fits:
        st.success(captions.fits(wanted, models.title(network)), icon=":material/check_circle:")
        for step in (*said, *found.said):
            st.caption(captions.done(step))
        st.button(
            captions.OPEN, type="primary", key="own_model.open", icon=":material/visibility:",
            on_click=_open, args=(network, data),
        )  # fmt: skip
    else:
        near = cache.closest(digest, data)
        st.error(
            captions.misfit(
                title, models.title(network), fitting=fitting, wanted=wanted, closest=models.title(near) if near else ""
            ),
            icon=":material/error:",
        )
        _tables(found.rows)
    if problem := st.session_state.pop("own_model.refused", ""):
        st.error(captions.refused(problem), icon=":material/error:")


def _tables(found: tuple[NamedTensor, ...]) -> None:
    for state in captions.STATES:
        lines = figures.tensors(found, state)
        if lines:
            st.markdown(captions.state(state, len(lines)))
            number_table.draw(lines[:SHOWN], key=f"own_model.table.{state}")
            if len(lines) > SHOWN:
                st.caption(captions.first(SHOWN, len(lines)))


def _open(network: str, data: bytes) -> None:
    try:
        with runs.bringing() as room:
            kept = uploads.keep(data, network, room=room)
    except OSError as error:
        st.session_state["own_model.refused"] = escaped(runs.unwritable(error), longest=400)
        return
    except (checkpoints.CheckpointError, runs.RunError, *network_picker.CANNOT_OPEN) as error:
        st.session_state["own_model.refused"] = network_picker.reason(error)
        return
    url_state.change(network=networks.UPLOAD + kept)
    st.session_state["own_model.go"] = True


SNIPPET = """from pathlib import Path
from tempfile import mkdtemp

from cnnviz import checkpoints, models

file = checkpoints.save(models.build("lenet5", seed=7), Path(mkdtemp()) / "weights.safetensors")
model = models.build("lenet5")
checkpoints.load_into(model, file.read_bytes(), name=file.name)  # all names, shapes and types, or none
print("read", len(model.state_dict()), "tensors")"""
