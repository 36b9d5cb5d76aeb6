"""What shares the canvas with the network and image at hand: chosen here, held by the link, opened here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from cnnviz import checkpoints, modes, networks, samples
from cnnviz.figures import run_names
from cnnviz.networks import Network
from cnnviz.topics.explore import captions, compared
from cnnviz.topics.explore.canvas import Canvas
from pages.look.explore import cache as explore_cache
from pages.shared import cache, network_picker, url_state
from pages.shared.cache import Look
from pages.shared.view import View

TRAINING, PICTURE = "training", "picture:"
KEY = "explore.against"


@dataclass(frozen=True, eq=False)
class Two:
    """The second of the two. names: of both. apart: how far apart their outputs are, 0 to 1. same: in every layer."""

    view: View
    look: Look
    training: bool
    names: tuple[str, str]
    apart: float
    same: bool


def picker(opened: Network, seen: Look, picture: str) -> None:
    """The list of what can be laid beside it. picture: the name of the sample at hand, "" for one's own."""
    listed = _offered(opened, seen, picture)
    now = url_state.get("against")
    if now and now not in listed:
        listed[now] = _words(now)
    st.session_state[KEY] = now
    st.selectbox(
        captions.COMPARED_WITH, list(listed), key=KEY, format_func=listed.__getitem__, help=captions.COMPARE_HELP,
        on_change=_taken,
    )  # fmt: skip


def _taken() -> None:
    wanted = st.session_state[KEY]
    url_state.change(against=wanted, shown="difference" if wanted else "first")


def chosen(view: View, seen: Look) -> Two | None:
    """The second of the two; None where none is chosen, or it cannot be laid beside the first, which is said."""
    against = url_state.get("against")
    if not against:
        return None
    try:
        other = _view(view, against)
        training = against == TRAINING
        look = cache.look(other, training=training)
        if why := compared.mismatch(seen.recording, look.recording):
            raise ValueError(why)
        if (same := compared.same(seen.recording, look.recording)) and training:
            raise ValueError(captions.ONE_MODE)
    except (*network_picker.CANNOT_OPEN, ValueError) as error:
        st.warning(captions.cannot_compare(network_picker.reason(error)), icon=":material/compare:")
        return None
    apart = compared.distance(seen.recording.logits, look.recording.logits)
    return Two(other, look, training, (_here(view, against), _words(against, view.choice)), apart, same)


def drawing(view: View, two: Two) -> Canvas:
    """Both on one canvas."""
    return explore_cache.drawing_of_two(view, two.view, training=two.training, names=two.names)


def _view(view: View, against: str) -> View:
    if against == TRAINING:
        return view
    if not against.startswith(PICTURE):
        return replace(view, choice=against)
    name = against.removeprefix(PICTURE)
    return replace(view, digest=f"sample:{name}", image=cache.sample(name))


def _here(view: View, against: str) -> str:
    """What the first is called beside that: only what differs is named."""
    if against.startswith(PICTURE):
        name = view.digest.removeprefix("sample:")
        return samples.title(name) if view.digest.startswith("sample:") else "your image"
    if against == TRAINING:
        return "in evaluation"
    return "trained" if against.startswith(networks.UNTRAINED) else _run(view.choice, against) or "this network"


def _words(against: str, here: str = "") -> str:
    """What a second is called. here: the choice that it is beside."""
    if against.startswith(PICTURE):
        name = against.removeprefix(PICTURE)
        return samples.title(name) if name in {item.name for item in samples.names()} else name
    if against == TRAINING:
        return "in training"
    return (
        "random weights" if against.startswith(networks.UNTRAINED) else _run(against, here) or networks.words(against)
    )


def _run(choice: str, beside: str) -> str:
    """A run's title and step, of two snapshots of one run the step alone; "" for any other network."""
    if not choice.startswith(networks.RUN):
        return ""
    try:
        run_id, step = networks.split(choice)
    except KeyError:
        return ""  # whoever opens it says what is wrong with it
    at = "at the end" if step is None else f"step {step:,}"
    if networks.at_its_end(beside) == networks.at_its_end(choice):
        return at
    title = next((item.title for item in checkpoints.available() if item.run_id == run_id), run_id)
    return title if step is None else f"{title}, {at}"


def _offered(opened: Network, seen: Look, picture: str) -> dict[str, str]:
    """Choice → words: stages of the training, other modes, other runs of the same structure, other images."""
    choice = opened.choice
    listed = {"": captions.NOTHING_BESIDE}
    if choice.startswith(networks.RUN):
        run_id, step = networks.split(choice)
        for number, words in network_picker.snapshots(choice).items():
            at = None if number == network_picker.END else number
            if at != step:
                listed[networks.run_choice(run_id, at)] = captions.at_step(words)
        listed |= _same_model(run_id)
    elif not networks.by_itself(choice) and opened.provenance.kind != "random":
        listed[networks.UNTRAINED + choice] = captions.UNTRAINED
    if _works_otherwise(opened, seen):
        listed[TRAINING] = captions.IN_TRAINING
    for item in samples.names():
        if item.name != picture:
            listed[PICTURE + item.name] = captions.picture_beside(item.title)
    return listed


def _works_otherwise(opened: Network, seen: Look) -> bool:
    """Whether training mode may give other numbers: by its modules, or by a dropout that its code calls."""
    called = any(layer.kind == "dropout" and not layer.module for layer in seen.recording)
    return called or modes.trains_otherwise(opened.model)


def _same_model(run_id: str) -> dict[str, str]:
    runs = {item.run_id: item for item in checkpoints.available()}
    mine = runs.get(run_id)
    alike = [item for item in runs.values() if mine and item.config.model == mine.config.model and item is not mine]
    names = run_names.told_apart([(item.title, item.config) for item in alike])
    return {networks.run_choice(item.run_id): name for name, item in zip(names, alike, strict=True)}
