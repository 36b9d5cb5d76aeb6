"""BatchNorm and learning rates: where a VGG trains with and without it, how soon, and what the layers remember."""

import streamlit as st

from cnnviz import experiments
from cnnviz.experiments import learning_rates
from pages.learn.batch_norm_rates import answer as answer_part
from pages.learn.batch_norm_rates import rate, snippets
from pages.learn.batch_norm_rates.cache import NAME, START
from pages.shared import url_state
from pages.shared.experiments import again, answer

st.title("Over which learning rates does a network train with and without batch normalisation?")
st.markdown(
    "A VGG of eight convolutions learns CIFAR-10 at seven learning rates, once with BatchNorm after each convolution "
    "and once without it. Too small a rate leaves a network where it started, too large a one throws it off."
)
found, start = answer.of(NAME), answer.of(START)
if found.complete:
    both = learning_rates.together(found, start)
    answer_part.show(found, start, both)
    rate.show(both)
else:
    st.info("No finished results come with the project yet; run it below.", icon=":material/info:")
st.page_link("pages/layers/batch_norm/page.py", label="What BatchNorm does to the numbers", icon=":material/tune:")
st.subheader("Run it again here", divider="gray")
chosen = st.segmented_control(
    "Which", (NAME, START), format_func=lambda name: experiments.get(name).title, default=NAME, required=True,
    key="rates.which", persist_state="session",
)  # fmt: skip
again.show(chosen or NAME)
snippets.show()
url_state.publish()
