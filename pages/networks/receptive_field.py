"""Receptive field."""

import streamlit as st

st.title("Which pixels does one number see?")
