"""Batch normalisation."""

import streamlit as st

st.title("Batch normalisation")
