"""Mean and deviation, measured, beside the constants that people paste."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import batches
from cnnviz.measurements import data_set
from cnnviz.operations import data
from cnnviz.topics.data import captions
from pages.layers.data import cache, question
from pages.shared import number_table
from pages.shared.charts import chart, theme
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box


def show(name: str) -> None:
    """Mean and deviation by channel, the constants in use and published, the histogram of levels."""
    st.latex(
        r"\begin{gathered} x = \frac{\text{level}}{255} \qquad \hat x = \frac{x - \mu_c}{\sigma_c} \\[12pt] "
        r"\mu_c = \frac1N\sum x \qquad \sigma_c^2 = \frac1N\sum(x-\mu_c)^2 \end{gathered}"
    )
    found, listed, proofs = cache.channels(name, cache.version(name))
    own, off = captions.own_constants(listed[0]), captions.farthest_off(listed)
    st.markdown(" ".join((captions.counted(found), own, *captions.averaged_deviations(found, listed), off)))
    number_table.draw(batches.constants_table(found, listed), key="data.constants")
    chart(batches.levels(found, theme=theme()), key="data.levels")
    badges(*proofs)
    question.ask("Mean and deviation", name)
    source_box(
        batches.normalise_snippet(name),
        made_by=(data_set.channels, data.mean_and_deviation, data.against),
    )
