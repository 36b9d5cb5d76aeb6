"""Whatever a browser sends as the value of a component, the page that reads it stands as it stood."""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from benchmarks import forged
from cnnviz.records import typed
from pages.look.explore import as_seen
from pages.look.explore.components.network_canvas import ShownSide
from pages.networks.blocks import drawing as blocks_drawing
from pages.networks.own_model.components.layer_builder import BuiltLayers
from pages.shared import first_paint, messages, visitor
from pages.shared.components.draw import decode
from pages.shared.components.predict import PredictView
from tests.support import ROOT
from tests.support.app import app_at, opened, written

SMALL = "run:mnist-cnn-19abe802"  # a network that is quickly looked into
READER = ROOT / "pages/shared/messages.py"
JSON = st.recursive(
    st.sampled_from(forged.ODD) | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(forged.FIELDS) | st.text(), inner, max_size=5)
    ),
    max_leaves=12,
)
SAYS, NAMED = re.compile(r"\bon_[a-z]+_change="), re.compile(r'component\(\s*"(\w+)"')
KINDS: tuple[Any, ...] = (
    int, float, str, bool, tuple[str, ...], dict[str, object], messages.Place, ShownSide, PredictView, BuiltLayers
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------- the reader
@given(JSON)
def test_what_is_believed_is_of_its_type(value: object) -> None:
    for kind in KINDS:
        found = messages.believed(value, kind)
        if found is not None:
            again = vars(found) if hasattr(found, "__dataclass_fields__") else found
            assert typed.of_type(kind, again) == found
    place = messages.believed(value, messages.Place) or messages.Place()
    assert all(one is None or 0 <= one <= messages.MOST for one in (place.channel, place.row, place.column))
    assert messages.believed(value, int, among=range(3)) in (None, 0, 1, 2)


def test_what_a_component_says_in_earnest_is_believed() -> None:
    sent = {"layer": "conv1", "channel": 3, "row": 0, "column": 7, "at": 1_790_000_000_000}
    assert messages.believed(sent, messages.Place) == messages.Place(**sent)
    assert messages.believed({"layer": "conv1", "channel": None}, messages.Place) == messages.Place("conv1")
    assert messages.believed({"layers": [["conv", 6], ["relu"]], "turn": 2}, BuiltLayers) == BuiltLayers(
        (("conv", 6), ("relu",)), 2
    )
    assert (messages.believed(0.25, float), messages.believed(1, float)) == (0.25, 1)
    assert messages.believed(["explore"], tuple[str, ...]) == ("explore",)


@given(st.text() | st.sampled_from([one for one in forged.ODD if isinstance(one, str)]))
def test_what_is_no_drawing_is_none(text: str) -> None:
    assert [decode(one) for one in (text, f"data:image/png;base64,{text}")] == [None, None]


# ------------------------------------------------------------------------------------------------------ the one door
def _components(tree: ast.Module) -> set[str]:
    """The names that call a component: made here, or imported from a folder of components."""
    made = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("st.components.v2.component(")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and ".components." in f"{node.module}."
        for alias in node.names
    }
    return made | imported


def _constants(tree: ast.Module) -> dict[str, str]:
    """Name → text, of a module's constants."""
    return {
        target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _read(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, key) of each reading of the session."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "st.session_state":
            if isinstance(node.ctx, ast.Load):
                yield node.lineno, ast.unparse(node.slice)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "st.session_state.get":
            yield node.lineno, ast.unparse(node.args[0])


def read_elsewhere(source: str) -> list[int]:
    """The lines at which a file reads what a component says, and not by `messages`."""
    tree = ast.parse(source)
    calls, constants = _components(tree), _constants(tree)
    own = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign)}
    made = {text.partition(" = ")[0] for text in own if " = st.components.v2.component(" in text}
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    keys, found = set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
            keys |= {ast.unparse(one.value) for one in node.keywords if one.arg == "key"}
            found += [node.lineno] if node.func.id in made and id(node) not in bare else []
    keys |= {constants[one] for one in keys if one in constants}
    return sorted({*found, *(line for line, key in _read(tree) if key in keys or constants.get(key) in keys)})


def test_what_components_say_is_read_by_messages_alone() -> None:
    scripts = [path for path in (ROOT / "pages").rglob("*.py") if path != READER]
    found = {str(path.relative_to(ROOT)): read_elsewhere(path.read_text("utf-8")) for path in scripts}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_rule_sees_what_it_forbids() -> None:
    head = "from pages.x.components.y import y\n_z = st.components.v2.component('z')\nK = 'k'\n"
    assert read_elsewhere(f"{head}_z(key='a')\ny(key=K)") == []
    assert read_elsewhere(f"{head}found = _z(key='a')") == [4]
    assert read_elsewhere(f"{head}found = _z(key='a').pick") == [4]
    assert read_elsewhere(f"{head}y(key=K)\nst.session_state['k']['pick']\nst.session_state.get(K)") == [5, 6]


# -------------------------------------------------------------------------------------------------------- the pages
PARTS = {
    "explore": ("pages/look/explore/page.py", {"layer": "conv2"}),
    "explore, a unit": (
        "pages/look/explore/page.py",
        {"layer": "conv2", "channel": "1", "row": "2", "column": "2", "back": "conv1"},
    ),
    "explore, a crop": ("pages/look/explore/page.py", {"network": "squeezenet1_0", "picture": "chelsea"}),
    "explore, two": ("pages/look/explore/page.py", {"against": "untrained:lenet5", "network": "lenet5"}),
    "cell": ("pages/networks/receptive_field/page.py", {}),
    "stack": ("pages/networks/receptive_field/page.py", {"receptive_field.part": "A stack of your own"}),
    "own model": ("pages/networks/own_model/page.py", {}),
    "convolution": ("pages/layers/convolution/page.py", {}),
    "search": ("pages/layers/convolution/page.py", {"convolution.part": "Learn a kernel"}),
    "kernels": ("pages/layers/kernels/page.py", {}),
    "dense": ("pages/networks/blocks/page.py", {"blocks.part": "Dense"}),
    "attribution": ("pages/why/attribution/page.py", {}),
    "image map": ("pages/why/image_map/page.py", {}),
    "training lab": ("pages/learn/training_lab/page.py", {}),
}


def _told(page: AppTest) -> dict[str, list[str]]:
    """A component's id → the names under which it may say something."""
    known = page._session_state._state._new_widget_state.widget_metadata
    shown = [one.proto.id for one in page.main if one.type == "bidi_component"]
    return {one: sorted(known[one].callbacks) for one in shown if known[one].callbacks}


def _texts(said: dict[str, Any]) -> dict[str, str]:
    return {identity: json.dumps(value) for identity, value in said.items()}


def _forge(page: AppTest, texts: dict[str, str], *, fires: dict[str, str] | None = None) -> None:
    """The page hears these texts from its components, and runs. fires: what they say for this one run."""
    assert page._tree
    states: WidgetStates = page._tree.get_widget_states()
    for identity, text in texts.items():
        states.widgets.add(id=identity, json_value=text)
    for identity, text in (fires or {}).items():
        states.widgets.add(id=_make_trigger_id(identity, "events"), json_trigger_value=text)
    page._run(states)


@pytest.fixture(autouse=True)
def _everything_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors are kept apart, drawers stand open, and the sheet to draw on lies there."""
    monkeypatch.setenv("CNNVIZ_WARM", "0")
    monkeypatch.setenv("CNNVIZ_SHARED", "1")
    monkeypatch.setattr(blocks_drawing, "OPEN", True)


def _page(name: str) -> AppTest:
    path, query = PARTS[name]
    page = app_at(path)
    page.session_state[first_paint.CANVAS] = True
    page.session_state["explore.sheet"] = name == "explore"
    page.session_state[as_seen.DRAWER] = True
    page.session_state[visitor.OWN] = "a" * 32
    for key, value in {"network": SMALL, **query}.items():
        page.query_params[key] = value
    return opened(page)


def test_every_component_that_speaks_is_forged_somewhere() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "pages").rglob("components/*/__init__.py")]
    speaking = {found[1] for text in sources if SAYS.search(text) and (found := NAMED.search(text))}
    seen = {one.proto.component_name for name in PARTS for one in _page(name).main if one.type == "bidi_component"}
    assert len(speaking) > 15
    assert speaking - seen == set()


@pytest.mark.parametrize("name", PARTS)
def test_a_forged_message_is_as_good_as_none(name: str) -> None:
    draw, page = random.Random(name), _page(name)
    names = _told(page)
    for turn in range(6):
        said = {one: {name: forged.value(draw) for name in names[one]} for one in names}
        fired = {one: [{"event": name, "value": forged.value(draw)} for name in names[one]] for one in names}
        _forge(page, _texts(said if turn % 2 else {}), fires=_texts({} if turn % 2 else fired))
        assert written(page), f"{name}, turn {turn}"
        names = _told(page)
    for text in forged.NO_MESSAGES:
        _forge(page, dict.fromkeys(names, text), fires=dict.fromkeys(names, text))
        assert written(page), text[:20]
