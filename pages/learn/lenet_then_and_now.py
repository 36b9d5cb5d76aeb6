"""LeNet then and now."""

import streamlit as st

st.title("What did ReLU and max pooling change in LeNet-5?")
