"""Blocks."""

import streamlit as st

st.title("What is inside a block?")
