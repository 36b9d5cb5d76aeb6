"""A question of the course with its short answer, its numbers, and the page that shows it live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A measured or counted value beside the answer: value and label in words; note: what it is compared with."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class CourseAnswer:
    """text: a few sentences, their numbers computed. page: its address. link: parameters that open the right part."""

    question: str
    text: str
    numbers: tuple[Number, ...]
    page: str
    link_label: str
    link: tuple[tuple[str, str], ...] = ()
