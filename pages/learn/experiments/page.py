"""All experiments: question, grid, what came out, running it again; a new file of the family shows by itself."""

import streamlit as st

from cnnviz import experiments
from pages.learn.experiments import menu, one
from pages.shared import url_state

st.title("Which experiments are there, and what came out?")
st.markdown(
    "An experiment here is a question, a grid of training runs and a verdict computed from their results. Choose one: "
    "which settings does it compare, what came out, and does it come out the same when it runs on this machine?"
)
names = menu.ordered()
chosen = st.selectbox(
    "Experiment", names, format_func=lambda name: experiments.get(name).title, key="experiments.which",
    bind="query-params",
)  # fmt: skip
one.show(chosen or names[0])
url_state.publish()
