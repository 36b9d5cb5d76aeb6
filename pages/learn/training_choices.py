"""Training choices."""

import streamlit as st

st.title("What do order, batch size, augmentation and optimiser change?")
