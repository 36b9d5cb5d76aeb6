"""cnnviz: see inside convolutional neural networks. Start with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from pages.shared import beginning, place_in_line

HERE = Path(__file__).parent
st.set_page_config(
    page_title="cnnviz", page_icon=str(HERE / "docs" / "icon.png"), layout="wide",
    initial_sidebar_state="collapsed",
)  # fmt: skip
place_in_line.leave_room()
with beginning.shown():
    from cnnviz import devices, lazy_imports
    from pages.shared import (
        cache,
        command_line,
        course,
        ending,
        first_paint,
        frame_in_link,
        memory_valve,
        old_links,
        own_failure,
        page_parts,
        predict,
        refused_links,
        turning,
        turns,
        url_state,
        visitor,
    )
    from pages.shared.components import appearance
    from pages.shared.navigation import pages
    from pages.shared.training import line, panel, sidebar

lazy_imports.postpone_compiler()
lazy_imports.show_whole("pandas", "pyarrow")
devices.tune_allocator()
devices.share_threads()
turns.take()
visitor.follow()
url_state.restore()
st.html(HERE / "pages" / "shared" / "app.css")
page = st.navigation(pages(), position="top", expanded=True)
turning.again(page.url_path)
with st.container(key="unseen"):  # what stands here at one run and not at the next moves nothing on the page
    appearance.follow()
url_state.forget_infinities()
old_links.translate()
first = first_paint.comes_first(page.url_path)
if not first:
    sidebar.show()
line.show()
command_line.show()
if not first:
    url_state.say_refused()  # which says it once
page_parts.begin()
predict.begin()
refused_links.remember()
notices = st.container(key="left_out")  # always there, so that a notice moves nothing to another place
ending.run(lambda: own_failure.run(page.run))
if first_paint.CANVAS not in st.session_state:
    first_paint.over()
if not first:
    refused_links.say(notices)
    frame_in_link.say(notices, page.url_path)
    course.footer(page.url_path)
    panel.warm()
    cache.settle()
memory_valve.watch()
devices.give_back_memory()
