"""BatchNorm and learning rates: where a VGG trains with and without it, how soon, and what the layers remember."""

import streamlit as st

from cnnviz import experiments
from cnnviz.experiments import learning_rates
from cnnviz.topics.batch_norm_rates import captions
from pages.learn.batch_norm_rates import answer as answer_part
from pages.learn.batch_norm_rates import rate, snippets
from pages.learn.batch_norm_rates.cache import NAME, START
from pages.shared import url_state
from pages.shared.experiments import again, answer

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
found, start = answer.of(NAME), answer.of(START)
if found.complete:
    both = learning_rates.together(found, start)
    answer_part.show(found, start, both)
    rate.show(both)
else:
    st.info(captions.NO_RESULTS, icon=":material/info:")
st.page_link("pages/layers/batch_norm/page.py", label=captions.BATCH_NORM_LINK, icon=":material/tune:")
question = st.container()
st.subheader(captions.AGAIN, divider="gray")
chosen = st.segmented_control(
    "Which", (NAME, START), format_func=lambda name: experiments.get(name).title, default=NAME, required=True,
    key="rates.which", persist_state="session",
)  # fmt: skip
again.show(chosen or NAME, asked_in=question)
snippets.show()
url_state.publish()
