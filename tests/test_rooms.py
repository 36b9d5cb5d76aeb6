"""What docs/rooms.py counts: on a small tree whose answer is known, and that this house keeps what it promises."""

from __future__ import annotations

import pytest

from docs import rooms
from docs.imports import Tree, today

SMALL = Tree(
    {
        "app.py": "from pages.shared import menu\n",
        "cnnviz/core.py": "",
        "cnnviz/topics/pooling/windows.py": "def lazy():\n    import cnnviz.core\n",
        "cnnviz/topics/pooling/facts.json": "",
        "pages/shared/menu.py": "",
        "pages/shared/grids.py": "from cnnviz import core\n",
        "pages/shared/strayed.py": "",
        "pages/layers/pooling/page.py": (
            "from pages.layers.pooling.components.links import links\nfrom pages.shared import grids, strayed, menu\n"
        ),
        "pages/layers/pooling/components/links/__init__.py": "from cnnviz.topics.pooling import windows\n",
        "pages/layers/pooling/components/links/links.css": "a {\n}\n",
        "pages/layers/dropout/page.py": "from pages.shared import grids\n",
        "tests/topics/pooling/gestures.py": "",
        "tests/test_windows.py": "from cnnviz.topics.pooling import windows\n",
        "tests/test_core.py": "from cnnviz import core\n",
    }
)


def test_a_room_holds_what_one_page_alone_reaches() -> None:
    found = rooms.room(SMALL, "pooling")
    assert found.product == (
        "cnnviz/topics/pooling/facts.json",
        "cnnviz/topics/pooling/windows.py",
        "pages/layers/pooling/components/links/__init__.py",
        "pages/layers/pooling/components/links/links.css",
        "pages/layers/pooling/page.py",
        "pages/shared/strayed.py",
    )
    assert found.product_folders == (
        "cnnviz/topics/pooling", "pages/layers/pooling", "pages/layers/pooling/components", "pages/shared"
    )  # fmt: skip
    assert found.tests == ("tests/test_windows.py", "tests/topics/pooling/gestures.py")
    assert rooms.room(SMALL, "dropout").product == ("pages/layers/dropout/page.py",)
    with pytest.raises(KeyError, match="there are: dropout, pooling"):
        rooms.room(SMALL, "attention")


def test_arrows_between_rooms() -> None:
    assert rooms.strays(SMALL) == [("pages/layers/pooling/page.py", "pages/shared/strayed.py")]
    assert len(rooms.between(SMALL)) == 4
    assert rooms.across(SMALL) == []
    assert rooms.lines(SMALL)["HTML and CSS"] == 2


def test_a_topic_lies_in_three_folders_and_one_of_tests() -> None:
    """The six layers and blocks wholly; a page about an experiment has that one's file in the family, too."""
    tree = today()
    for topic in map(rooms.name_of, tree.scripts):
        found = rooms.room(tree, topic)
        own = {folder for folder in found.product_folders if folder.startswith(("pages/", "cnnviz/topics/"))}
        assert len(own) <= 3, own
        assert topic not in rooms.TOPICS or own == set(found.product_folders)
        assert topic not in rooms.TOPICS or len(found.test_folders) == 1
    assert rooms.strays(tree) == rooms.across(tree) == []
