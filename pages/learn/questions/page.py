"""Eight questions of the course, each with a short answer, its number, and the page that shows it live."""

import streamlit as st

from cnnviz.topics.questions import captions, course_questions
from pages.learn.questions import answers
from pages.shared import predict, url_state
from pages.shared.experiments import predicted
from pages.shared.navigation import ROWS

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
for number, answer in enumerate(answers.found(), start=1):
    answers.show(number, answer)
asked = [predicted.wanted(name)[:1] for row in ROWS for name in row.experiments[:1]]
predict.ask("Eight questions", *(one for few in asked for one in few))
answers.source(course_questions.all)
url_state.publish()
