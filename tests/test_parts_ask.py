"""Every part of every page of the course asks something that is made from the numbers that it shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks import widgets
from pages.shared import predict
from pages.shared.navigation import ROWS, PageRow
from tests.support.app import app_at
from tests.support.exhaustive import sample

pytestmark = pytest.mark.usefixtures("own_runs")
PAGES = {row.url_path or "explore": row for row in ROWS}
LONG = {"training_choices"}  # several networks train there before it is drawn
SMALL = "run:mnist-cnn-19abe802"  # a network that is quickly looked into
BUSY = {"attribution", "image_map", "looks_for"}  # many passes through the network that the page opens with
EXEMPT = {
    "data": {"Your own data": "nothing is shown before somebody brings a zip"},
    "own_model": {
        "Your weights": "nothing is shown before somebody brings a file",
        "Your module": "nothing is shown before somebody brings a module",
    },
    "looks_for": {"game": "the part is itself a question, with its answer and a tally"},
}  # page → part → why it asks nothing


def _opened(row: PageRow, link: dict[str, str]) -> AppTest:
    app = app_at(row.path, timeout=300)
    for name, value in link.items():
        app.query_params[name] = value
    app.session_state["explore.begun"] = True
    app.run()
    assert not app.exception, (row.url_path, link, app.exception)
    return app


def _parts(row: PageRow, network: str) -> Iterator[tuple[str, AppTest]]:
    """Each part's words in the link, with its page: those of a row within a part, too. network: in the link, if any."""
    chosen = {"network": network} if network else {}
    for part in widgets.parts(_opened(row, chosen)):
        name, _, word = part.partition("=")
        link = {**chosen, name: word} if name else chosen
        app = _opened(row, link)
        within = app.session_state.get("page_parts.rows", [])[1:]
        if not within:
            yield word, app
        for inner in (other for one in within for other in one.words.values()):
            yield f"{word}, {inner}", _opened(row, {**link, within[0].key: inner})


@pytest.mark.parametrize("name", sample(PAGES, PAGES.keys() - LONG - BUSY))
def test_every_part_asks_from_what_it_shows_or_says_why_not(name: str) -> None:
    _all_ask(name, "")


@pytest.mark.parametrize("name", sorted(BUSY))
def test_so_does_every_part_with_a_small_network(name: str) -> None:
    _all_ask(name, SMALL)


def _all_ask(name: str, network: str) -> None:
    silent = set()
    for word, app in _parts(PAGES[name], network):
        asked = app.session_state.get(predict.ASKED, {})
        if not asked:
            silent.add(word)
        for wanted in asked.values():
            for seed in range(3):
                assert predict.made(wanted, seed), (word, wanted)
    assert silent == set(EXEMPT.get(name, {}))


def test_what_asks_nothing_is_a_part_of_a_page_and_says_why() -> None:
    assert EXEMPT.keys() <= PAGES.keys()
    assert all(why for parts in EXEMPT.values() for why in parts.values())
