"""Why this answer: all attribution methods on one image in one grid, and what each of them promises."""

import streamlit as st

from cnnviz.topics.attribution import captions
from pages.shared import url_state
from pages.why.attribution import answer

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
answer.show()
url_state.publish()
