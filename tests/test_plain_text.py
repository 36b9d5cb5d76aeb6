"""Text from outside is shown as it is: no link, image, formula, icon or heading comes of it, whatever it says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from cnnviz import checkpoints, datasets, models, networks
from cnnviz.plain_text import JOINER, cut, escaped, whole_number
from pages.shared import network_picker

PIECES = st.sampled_from([
    "![x](http://a.b/c.png)", "[go](https://a.b)", "<img src=x>", "$x^2$", "$$\\frac12$$", ":red[hi]",
    ":material/delete:", ":smile:", "**b**", "_i_", "`c`", "~~s~~", "# h", "- l", "1. l", "> q", "a|b", "&copy;",
    "www.a.example", "a@b.example", "http://a.example", "->", "<-", "\\", "\n\n", "\t", " ", "猫", "😀", "\x00",
    "\u202e", "cat", "7", "_",
])  # fmt: skip
TEXTS = ("![x](http://a.b/c.png)", "[go](u)", "<b>x</b>", "**b** _i_ `c`", "# h", "- l", "1. l", "&copy;", "a_b_c")
STARTS = ("run:mnist-cnn-19abe802@", "layers:digits/", "layers:digits/flatten, linear ", "upload:", "timm/", "")
ENDS = st.text(max_size=9) | st.sampled_from(["²", "--5", "9" * 30, "-²"])
LAW = settings(max_examples=300, deadline=None, derandomize=True)


@LAW
@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=60))
def test_every_mark_is_escaped_and_nothing_is_lost(text: str) -> None:
    shown = escaped(text)
    assert re.sub(r"\\([\\`*_\[\]<>&$~|#\-+=.)])", r"\1", shown).replace(JOINER, "") == cut(text).replace(JOINER, "")
    bare = re.sub(r"\\.", "x", shown)
    assert not set(bare) & set("\\`*[]<>&$~|#")
    assert not re.search(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", bare)
    assert not re.match(r"\d*[-+.)=]", bare)
    assert not re.search(r":[\w/]|@\w|www\.|\n", bare)


def test_a_reader_of_commonmark_sees_plain_text() -> None:
    """An independent one: markdown-it, where it is installed."""
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for text in TEXTS:
        tokens = reader.parse(escaped(text))
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        children = tokens[1].children or ()
        assert {child.type for child in children} <= {"text", "text_special"}
        assert "".join(child.content for child in children).replace(JOINER, "") == text


@LAW
@given(st.text(max_size=12) | st.integers(-(10**9), 10**9).map(str) | st.sampled_from(["²", "٣", "1_0", "+1", " 1"]))
def test_whole_numbers_of_a_link(text: str) -> None:
    assert whole_number(text) == (int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None)


@LAW
@given(st.sampled_from(STARTS), ENDS)
def test_whatever_a_link_names_it_opens_or_a_sentence_says_why_not(start: str, end: str) -> None:
    try:
        networks.open_network(start + end)
    except (KeyError, checkpoints.CheckpointError, models.ModelError, datasets.DatasetError) as error:
        said = network_picker.reason(error)
    else:
        return
    assert len(said) > 10


BAD = (("channel", "²"), ("row", "-1"), ("column", "9" * 11), ("fit", "![x](u)"), ("picture", "[a](b)"))


@pytest.mark.parametrize(("name", "value"), [*BAD, ("picture", "own")])
def test_a_value_that_cannot_be_honoured_is_said(name: str, value: str) -> None:
    app = AppTest.from_string("from pages.shared import url_state\nurl_state.restore()\nurl_state.say_refused()")
    app.query_params[name] = value
    app.run()
    assert not app.exception
    (said,) = app.warning
    assert "link" in said.value
    assert "![" not in said.value
    assert "](" not in said.value.replace("\\]", "")
