"""Learned kernels."""

import streamlit as st

st.title("Learned kernels")
