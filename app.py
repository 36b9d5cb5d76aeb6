"""cnnviz: see inside convolutional neural networks. Start with `streamlit run app.py`."""

import streamlit as st

from pages.shared import sidebar, view
from pages.shared.navigation import pages

st.set_page_config(page_title="cnnviz", page_icon="docs/icon.png", layout="wide")
view.restore()
page = st.navigation(pages())
sidebar.show()
page.run()
