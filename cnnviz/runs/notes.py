"""What its owner calls a run, and what they noted on it: a small file in its directory, which nothing else reads."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from cnnviz import limits, run_files
from cnnviz.plain_text import cut

FILE = "notes.json"
LONGEST_NAME, LONGEST_NOTE = limits.RUN_NAME, limits.RUN_NOTE


@dataclass(frozen=True)
class Notes:
    """name: one line; note: any text."""

    name: str = ""
    note: str = ""


def read(folder: Path) -> Notes:
    """Empty where there is no such file, or none that can be read."""
    values = run_files.read_json(folder / FILE)
    name, note = values.get("name", ""), values.get("note", "")
    if not isinstance(name, str) or not isinstance(note, str):
        return Notes()
    return Notes(cut(name, longest=LONGEST_NAME), note[:LONGEST_NOTE])


def write(folder: Path, notes: Notes) -> None:
    """Replaces the file in one step; what is too long is cut. Raises OSError."""
    kept = Notes(cut(notes.name, longest=LONGEST_NAME), notes.note[:LONGEST_NOTE])
    run_files.write_json(folder / FILE, asdict(kept))
