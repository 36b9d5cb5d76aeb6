"""A set of questions to take along: Markdown with an answer sheet, and the JSON that jupyterquiz reads."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cnnviz.plain_text import escaped
from cnnviz.quiz.question import Question

LETTERS = "ABCDEFGH"


def markdown(title: str, questions: Sequence[Question]) -> str:
    """The questions with lettered answers, and after a rule the answer sheet: the letter, why, and what is wrong."""
    lines = [f"# {escaped(title)}", ""]
    for at, question in enumerate(questions, start=1):
        lines += [f"{at}. {escaped(question.words, longest=2000)}", ""]
        lines += [f"    - {LETTERS[i]}) {_plain(option.text)}" for i, option in enumerate(question.options)]
        lines.append("")
    lines += ["---", "", "## Answers", ""]
    for at, question in enumerate(questions, start=1):
        lines += [f"{at}. **{LETTERS[question.options.index(question.right)]}**. {_plain(question.right.said)}", ""]
        lines += [
            f"    - {LETTERS[i]}) {_plain(option.said)}"
            for i, option in enumerate(question.options)
            if not option.is_right
        ]
        lines.append("")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return escaped(text, longest=2000)


def jupyterquiz(questions: Sequence[Question]) -> str:
    """A JSON list as `jupyterquiz.display_quiz` takes it (its schema of multiple-choice questions, version 2).

    https://github.com/jmshea/jupyterquiz
    """
    made = [
        {
            "question": question.words,
            "type": "multiple_choice",
            "answers": [
                {"answer": option.text, "correct": option.is_right, "feedback": option.said}
                for option in question.options
            ],
        }
        for question in questions
    ]
    return json.dumps(made, indent=1, ensure_ascii=False)
