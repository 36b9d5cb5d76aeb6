"""Eight questions of the course, each with a short answer, its number, and the page that shows it live."""

import streamlit as st

from cnnviz.topics.questions import captions, course_questions
from pages.learn.questions import answers
from pages.shared import url_state

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
for number, answer in enumerate(answers.found(), start=1):
    answers.show(number, answer)
answers.source(course_questions.all)
url_state.publish()
