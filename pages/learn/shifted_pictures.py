"""Shifted pictures."""

import streamlit as st

st.title("Which network still reads a digit that has moved?")
