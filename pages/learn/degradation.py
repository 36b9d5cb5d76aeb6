"""Degradation and residuals."""

import streamlit as st

st.title("Is a deeper network worse even on its training pictures, and do shortcuts mend it?")
