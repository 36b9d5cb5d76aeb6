"""Eight questions."""

import streamlit as st

st.title("Eight questions, each with its answer and its number")
