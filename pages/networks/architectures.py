"""Architectures."""

import streamlit as st

st.title("What is this network made of?")
