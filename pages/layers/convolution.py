"""Convolution."""

import streamlit as st

st.title("Convolution")
