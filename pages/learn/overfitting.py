"""Dropout and overfitting."""

import streamlit as st

st.title("What does dropout change for a large network on a thousand pictures?")
