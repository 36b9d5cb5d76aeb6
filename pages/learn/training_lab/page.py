"""Training lab: a run's curves, its config, accuracy by class, the confusion matrix and eight test images."""

import streamlit as st

from cnnviz.topics.training_lab import captions
from pages.learn.training_lab import keeping, run

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
run_id = run.run_picker()
keeping.undo(key="lab")
if run_id is None:
    st.info(captions.NO_RUN)
else:
    run.show(run_id)
keeping.trash(key="lab")
