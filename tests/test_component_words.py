"""A component's sentences stand in captions: none in its JavaScript, each is said, with the values that it names."""

from __future__ import annotations

import ast
import html
import importlib
import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest

from pages.shared.components import captions
from pages.shared.components.modules import PLACE, JoinError, joined, ordered, worded
from tests.support import ROOT
from tests.support.javascript import Call, Text, calls, strings

ENTRIES = sorted((ROOT / "pages").rglob("components/*/main.js"))
MODULES = sorted((ROOT / "pages").rglob("*.js"))
PAGES = sorted((ROOT / "pages").rglob("components/*/*.html"))
RUNTIME = ROOT / "pages/shared/js"
_SHOWN = re.compile(r'>([^<]+)<|(?:aria-label|aria-roledescription|title|placeholder|alt)="([^"]*)"')
_WORD = re.compile(r"[(“”]?[A-Za-z][A-Za-z’']*[).,:;!?“”]*")


def words_of(entry: Path) -> Mapping[str, str]:
    """The sentences that a component's Python hands to the join; none where it hands none."""
    module = importlib.import_module(".".join(entry.parent.relative_to(ROOT).parts))
    tree = ast.parse((entry.parent / "__init__.py").read_text("utf-8"))
    at_start = [statement for statement in tree.body if not isinstance(statement, ast.FunctionDef)]
    given = [
        keyword.value for statement in at_start for call in ast.walk(statement) if isinstance(call, ast.Call)
        for keyword in call.keywords if keyword.arg == "words"
    ]  # fmt: skip
    assert len(given) <= 1, entry
    found: Mapping[str, str] = eval(ast.unparse(given[0]), vars(module)) if given else {}
    return found


def values_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


# ------------------------------------------------------------------------------------------------ none in the code
def reads_as_a_sentence(text: Text) -> bool:
    """Four words that begin with a capital, or three words around a value: CSS, selectors and SVG have fewer."""
    words = [part for part in text.words.split() if _WORD.fullmatch(part)]
    if text.holes:
        return len(words) >= 3
    return len(words) >= 4 and text.words[:1].isupper()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('const a = "Point at a cell here";', ["Point at a cell here"]),
        ("const a = `row ${b ? `one ${c} of two` : 1} of many rows`;", ["one {} of two", "row {} of many rows"]),
        ('const parts = "picture map settings reach card";', []),
        ("style.background = `linear-gradient(to right, ${a}, ${b})`;", []),
        ('// Point at a cell here: "Point at a cell here"\nconst a = /["`]/.test(b) ? 4 / 2 : "x"; // `', []),
    ],
)
def test_a_sentence_in_code_is_seen(code: str, said: list[str]) -> None:
    assert [text.words for text in strings(code) if reads_as_a_sentence(text)] == said


def _without_errors(code: str) -> str:
    """Without what is thrown at whoever writes a component; nobody who looks at a page reads that."""
    return re.sub(r"new Error\(.*\)", "", code)


def test_no_component_has_a_sentence_in_its_code() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{text.line}: {text.words}"
        for path in MODULES
        for text in strings(_without_errors(path.read_text("utf-8")))
        if reads_as_a_sentence(text)
    ]
    assert not found, "give these to the topic's captions and `say` them:\n" + "\n".join(found)


def shown(page: str) -> list[str]:
    """What HTML says to whoever looks at it or has it read out, an entry an element or attribute."""
    found = [" ".join(html.unescape(text or said).split()) for text, said in _SHOWN.findall(page)]
    return [text for text in found if text]


def test_a_sentence_in_html_is_seen() -> None:
    page = """<p class="one two three four" title="Point at a
      cell here">{keys} <b>It is a sentence</b></p>"""
    assert shown(page) == ["Point at a cell here", "{keys}", "It is a sentence"]


def test_no_component_has_a_sentence_in_its_html() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in PAGES
        for text in shown(path.read_text("utf-8"))
        if reads_as_a_sentence(Text(1, text, holes=False))
    ]
    assert not found, "give these to the component's captions and name them here, {so}:\n" + "\n".join(found)


# ------------------------------------------------------------------------------------------------ what is said
def faults(words: Mapping[str, str], code: str) -> list[str]:
    """What the code says that nobody wrote, or with other values than the sentence names."""
    found = []
    for call in calls(code, "say"):
        known = call.names & words.keys()
        found += [f"nobody wrote “{name}”" for name in sorted(call.names - known)]
        found += _values_that_differ(call, {name: words[name] for name in known})
    return found


def placed(entry: Path) -> set[str]:
    """The names of sentences that a component's HTML has places for."""
    page = entry.with_name(f"{entry.parent.name}.html")
    return set(PLACE.findall(page.read_text("utf-8"))) if page.exists() else set()


def unsaid(words: Mapping[str, str], code: str) -> set[str]:
    """The names of sentences that the code never says; one with values must be said where they are given."""
    quoted = {text.words for text in strings(code)}
    called = {name for call in calls(code, "say") for name in call.names}
    return {name for name, template in words.items() if name not in (called if values_of(template) else quoted)}


def _values_that_differ(call: Call, templates: Mapping[str, str]) -> list[str]:
    if call.given is None:
        return [f"{sorted(call.names)}: write the values where it is said"]
    needed = {name: values_of(template) for name, template in templates.items()}
    missing = [f"“{name}” needs {sorted(own - call.given)}" for name, own in needed.items() if own - call.given]
    unused = call.given - set().union(*needed.values()) if needed else set()
    return missing + ([f"{sorted(templates)} leave {sorted(unused)} unsaid"] if unused else [])


def test_a_fault_between_a_sentence_and_its_call_is_seen() -> None:
    words = {"one": "One cell.", "many": "{count} cells."}
    assert faults(words, 'say(n === 1 ? "one" : "many", { count });') == []
    wrong = faults(words, 'say("one");\nsay("many", { n });')
    assert wrong == ["“many” needs ['count']", "['many'] leave ['n'] unsaid"]
    assert faults(words, 'say("three");') == ["nobody wrote “three”"]
    assert faults(words, 'say(["many"][0], values);') == ["['many']: write the values where it is said"]
    assert unsaid(words, 'const names = ["one", "many"]; say("many", { count });') == set()
    assert unsaid(words, 'const names = ["one", "many"]; say(names[1], { count });') == {"many"}
    assert unsaid(words, 'say("many", { count });') == {"one"}


def test_every_sentence_is_said_with_the_values_that_it_names() -> None:
    found: list[str] = []
    heard: set[tuple[str, str]] = set()
    written: set[tuple[str, str]] = set()
    for entry in ENTRIES:
        words = words_of(entry)
        code = "\n".join(path.read_text("utf-8") for path in ordered(entry) if path.parent != RUNTIME)
        found += [f"{entry.parent.name}: {fault}" for fault in faults({**captions.RUNTIME, **words}, code)]
        silent = unsaid(words, code) - placed(entry)
        heard |= {(name, template) for name, template in words.items() if name not in silent}
        written |= set(words.items())
    assert not found, "\n".join(found)
    assert sorted(written - heard) == [], "no component says these: leave them out"


def test_the_runtime_says_its_own_sentences_and_no_component_has_one_of_their_names() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sorted(RUNTIME.glob("*.js")) if path.name != "say.js")
    assert faults(captions.RUNTIME, code) == []
    assert unsaid(captions.RUNTIME, code) == set()
    assert not [entry for entry in ENTRIES if words_of(entry).keys() & captions.RUNTIME.keys()]


# ------------------------------------------------------------------------------------------------ the join
def test_the_join_writes_in_the_sentences_that_the_modules_name() -> None:
    entry = next(path for path in ENTRIES if path.parent.name == "field_map")
    text = joined(entry, {"reaches": "“It” — {rows}", "three": "Three."})
    assert '"reaches": "“It” — {rows}"};' in text
    assert "Three." not in text
    name = next(iter(captions.RUNTIME))
    with pytest.raises(JoinError, match=f"{name}: the runtime has a sentence of that name"):
        joined(entry, {name: "x"})


def test_the_join_writes_sentences_into_the_places_of_the_html(tmp_path: Path) -> None:
    page = tmp_path / "one.html"
    page.write_text('<p title="{keys}">{said}</p>', "utf-8")
    assert worded(page, {"keys": '"Enter" keeps one.', "said": "a < b"}) == (
        '<p title="&quot;Enter&quot; keeps one.">a &lt; b</p>'
    )
    with pytest.raises(JoinError, match=r"\{said\}, and nobody wrote a sentence of that name"):
        worded(page, {"keys": "Enter keeps one."})
