"""A component's JavaScript: ES modules that import each other, joined into the one module that Streamlit takes.

Streamlit 1.67 serves a component's folder only where an installed distribution declares it
(docs/decisions/component_modules.md), so the modules travel as one text: what is imported stands before what imports
it, and the import and export words go, and so do the comments.
All of them share one scope then, so a name may be declared once in a component; a second one is an error here.
Palettes and sentences have one home in Python; the join writes them into the modules that stand for them, and
sentences into the places of the HTML that name them.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cnnviz.figures import palettes
from pages.shared.components import captions

RUNTIME = Path(__file__).parent.parent / "js"
PALETTES = RUNTIME / "luts.js"
WORDS = RUNTIME / "words.js"
PLACE = re.compile(r"\{(\w+)\}")  # of a sentence in HTML
NO_WORDS: Mapping[str, str] = MappingProxyType({})
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|const|let|class) ([A-Za-z_$][\w$]*)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) ([A-Za-z_$][\w$]*)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*?(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)  # on lines of their own
_LEFT = re.compile(r"^(?:import\b|export (?!default\b)).*$", re.MULTILINE)


class JoinError(ValueError):
    """Modules that cannot be joined: which file, which line or name, and what would work."""


def joined(entry: Path, words: Mapping[str, str] = NO_WORDS) -> str:
    """The text of one module without imports: `entry`, preceded by all that it imports, each file once.

    words: the component's sentences, name -> template with {values}, which `say` finds by their names.
    """
    files = ordered(entry)
    _declared_once(files)
    made = {file: _stripped(file, last=file == files[-1]) for file in files}
    if WORDS in made:
        made[WORDS] = _said(words, "".join(made.values()))
    return "\n".join(made.values())


def _said(words: Mapping[str, str], text: str) -> str:
    """The module of sentences: those that the component's modules name, of its own and of the runtime."""
    twice = sorted(words.keys() & captions.RUNTIME.keys())
    if twice:
        raise JoinError(f"{', '.join(twice)}: the runtime has a sentence of that name; choose another.")
    named = {name: said for name, said in {**captions.RUNTIME, **words}.items() if f'"{name}"' in text}
    return f"const WORDS = {json.dumps(named, ensure_ascii=False)};\n"


def worded(file: Path, words: Mapping[str, str]) -> str:
    """A component's HTML with its sentences in the places that name them: {keys}. Raises JoinError for another."""

    def said(place: re.Match[str]) -> str:
        if place[1] not in words:
            raise JoinError(f"{_short(file)} has a place {place[0]}, and nobody wrote a sentence of that name.")
        return html.escape(words[place[1]])

    return PLACE.sub(said, _text(file))


def ordered(entry: Path) -> list[Path]:
    """`entry` and every file it imports, in the order in which a browser would evaluate them: what is needed first."""
    found: dict[Path, None] = {}
    visiting: set[Path] = set()

    def visit(file: Path) -> None:
        if file in visiting:
            return
        visiting.add(file)
        for target, names in imports(file):
            missing = [name for name in names if name not in _names(_EXPORTED, target)]
            if missing:
                raise JoinError(f"{_short(file)} imports {', '.join(missing)}, which {_short(target)} does not export.")
            visit(target)
        found[file] = None

    visit(entry.resolve())
    return list(found)


def imports(file: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each file that a module imports, and the names it takes from there."""
    for names, target in _IMPORT.findall(_text(file)):
        path = (file.parent / target).resolve()
        if not path.is_file():
            raise JoinError(f"{_short(file)} imports {target}: there is no such file.")
        yield path, [name.strip() for name in names.split(",") if name.strip()]


def _stripped(file: Path, *, last: bool) -> str:
    text = _luts() if file == PALETTES else _text(file)
    text = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))
    left = _LEFT.search(text)
    if left:
        raise JoinError(
            f'{_short(file)}: cannot join "{left[0]}"; write import {{ name }} or export before a declaration.'
        )
    if ("export default" in text) != last:
        raise JoinError(f"{_short(file)}: the entry, and only the entry, has an export default.")
    return text


def _declared_once(files: list[Path]) -> None:
    owner: dict[str, Path] = {}
    for file in files:
        for name in _names(_DECLARED, file):
            if name in owner:
                raise JoinError(
                    f"{name} is declared in {_short(owner[name])} and in {_short(file)}: rename one of them."
                )
            owner[name] = file


def _names(pattern: re.Pattern[str], file: Path) -> list[str]:
    return pattern.findall(_text(file))


@cache
def _text(file: Path) -> str:
    return file.read_text("utf-8")


def _short(file: Path) -> str:
    return "/".join(file.parts[-2:])


@cache
def _luts() -> str:
    coded = {
        theme: {name: base64.b64encode(palettes.lut(name, theme).tobytes()).decode() for name in palettes.names()}
        for theme in palettes.THEMES
    }
    return f"const LUTS = {json.dumps(coded)};\n"
