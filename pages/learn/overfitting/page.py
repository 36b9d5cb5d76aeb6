"""Dropout and overfitting: training and test curves, the gap, test accuracy, and how alike hidden units become."""

import streamlit as st

from cnnviz.experiments import dropout_overfitting
from cnnviz.figures import experiments
from cnnviz.topics.overfitting import captions, figures
from pages.learn.overfitting import cache, curves, snippets, units
from pages.learn.overfitting.cache import NAME
from pages.shared import number_table, url_state
from pages.shared.downloads import downloads
from pages.shared.experiments import again, answer

st.title(captions.TITLE)
st.markdown(
    captions.introduction(dropout_overfitting.HIDDEN, dropout_overfitting.PARAMETERS, dropout_overfitting.EXAMPLES)
)
results = answer.of(NAME)
if results.complete:
    known = answer.known(results)
    found = cache.dropped(known, results)
    answer.verdict(NAME, results)
    curves.over_epochs(found, known)
    curves.at_the_end(found)
    with st.expander("The numbers", icon=":material/table:"):
        number_table.draw(figures.table(found))
        st.caption(captions.intervals(experiments.provenance_words(results)))
        answer.take(NAME, results)
        downloads(
            [("Every epoch (CSV)", "epochs.csv", "text/csv", lambda: figures.epochs_csv(found))], key="overfitting"
        )
    units.show(found, known)
else:
    st.info(captions.NO_RESULTS, icon=":material/info:")
st.page_link("pages/layers/dropout/page.py", label=captions.DROPOUT_LINK, icon=":material/blur_on:")
again.show(NAME, heading=captions.AGAIN)
snippets.show()
url_state.publish()
