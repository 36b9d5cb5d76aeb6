"""Explore: a picture goes through a network; every layer, every channel, and why one cell has its value."""

import streamlit as st

from cnnviz.topics.explore import captions
from pages.look.explore import answer, as_seen, detail
from pages.shared import image_picker, network_picker, url_state
from pages.shared.cache import look
from pages.shared.open_network import network_of

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
left, right = st.columns([1, 1], gap="medium", vertical_alignment="bottom")
with left:
    choice = network_picker.network_picker()
with right:
    source = image_picker.source_picker()
notice = st.empty()  # always there, so that a notice moves nothing below it to another place in the page's tree
opened = network_of(choice, place=notice)
if opened is None:
    st.stop()

with st.container():
    image_picker.choose(source, opened.spec)
picture = image_picker.chosen(opened.spec)
seen = look(image_picker.view(choice, picture))
left, right = st.columns([3, 2], gap="medium")
with left:
    as_seen.show(choice, opened.spec, picture)
with right:
    answer.show(opened, seen)
st.caption(answer.caption(opened, seen, picture.title))

detail.show(choice, picture)
url_state.publish()
