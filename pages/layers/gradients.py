"""Gradients and depth."""

import streamlit as st

st.title("Gradients and depth")
