"""Training lab: a run's curves, its config, accuracy by class, the confusion matrix and eight test pictures."""

import streamlit as st

from pages.learn.training_lab import run

st.title("How does a network learn?")
st.markdown(
    "Start a run in the sidebar and watch it here, or open one that has been trained before. "
    "Where does it stop getting better, and what does it still confuse?"
)
run_id = run.run_picker()
if run_id is None:
    st.info("There is no run yet. Choose a data set and a network in the sidebar and press Start.")
else:
    run.show(run_id)
