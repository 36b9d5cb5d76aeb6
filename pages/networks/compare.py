"""Compare networks."""

import streamlit as st

st.title("Which network should I choose?")
