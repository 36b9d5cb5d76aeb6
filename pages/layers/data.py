"""Data and batches."""

import streamlit as st

st.title("Data and batches")
