"""Your own model."""

import streamlit as st

st.title("What does a network of your own look like?")
