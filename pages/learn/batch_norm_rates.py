"""BatchNorm and learning rates."""

import streamlit as st

st.title("Over which learning rates does a network train with and without batch normalisation?")
