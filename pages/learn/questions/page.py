"""Eight questions of the course, each with a short answer, its number, and the page that shows it live."""

import streamlit as st

from cnnviz.topics.questions import course_questions
from pages.learn.questions import answers
from pages.shared import url_state

st.title("Eight questions, each with its answer and its number")
st.markdown(
    "Every number below is read from an experiment that ships with the project, counted in a network, or computed "
    "now; each answer ends at the page where it can be tried."
)
for number, answer in enumerate(answers.found(), start=1):
    answers.show(number, answer)
answers.source(course_questions.all)
url_state.publish()
