"""Pooling."""

import streamlit as st

st.title("Pooling")
