"""Vanishing gradients."""

import streamlit as st

st.title("What happens to a gradient on its way back through many layers?")
