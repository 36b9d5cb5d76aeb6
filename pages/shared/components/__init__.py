"""Streamlit components v2: images that answer hover, click and keys in the browser, without a rerun.

Each folder holds its html, css and js (modules, joined from main.js on) and a thin Python function. Streamlit 1.67
passes bytes only as the whole of `data`, so a plain header and its blobs travel as one packet (`pack`, undone by
js/packet.js).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import streamlit as st
from streamlit import runtime

from pages.shared.components.frames import ask_without_pandas
from pages.shared.components.hearing import bear_any_text
from pages.shared.components.modules import NO_WORDS, joined, worded

HERE = Path(__file__).parent
ask_without_pandas()
bear_any_text()


def pack(header: Mapping[str, Any], written: Mapping[str, str] = MappingProxyType({}), /, **blobs: bytes) -> bytes:
    """One packet: uint32 length of the header, the header as JSON, then the blobs, each at a multiple of 8.

    The header gains "blobs": {name: [offset, length]}, counted from the end of the padded header. written: further
    entries of the header that are JSON already (`as_json`), such as a large one that many packets share.
    """
    places, start = {}, 0
    for name, blob in blobs.items():
        places[name] = [start, len(blob)]
        start += _padded(len(blob))
    entries = [as_json({**header, "blobs": places})[1:-1], *(f"{as_json(key)}:{text}" for key, text in written.items())]
    text = f"{{{','.join(entries)}}}".encode()
    parts = [len(text).to_bytes(4, "little"), text, bytes(_padded(4 + len(text)) - 4 - len(text))]
    for blob in blobs.values():
        parts += [blob, bytes(_padded(len(blob)) - len(blob))]
    return b"".join(parts)


def as_json(value: Any) -> str:
    """As short as JSON can be. Raises ValueError for what is no number."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def asked_for(content: bytes, *, place: str, digest: str) -> str:
    """The path under which the browser may fetch parts of this content, by HTTP ranges; "" for nothing to fetch.

    It costs no rerun and no bytes until somebody asks. The server keeps it as long as a session shows it. place: of
    whoever shows it; what stood there before is let go. digest: over all of the content, at least.
    Outside a running app (a test of the script) there is none.
    """
    if not content or not runtime.exists():
        return ""
    # Streamlit tells files of more than a megabyte apart by their length and three pieces, which are often all zeros:
    # the name that it takes along makes the difference.
    path = runtime.get_instance().media_file_mgr.add(
        content, "application/octet-stream", f"cnnviz.{place}", file_name=f"{place}.{digest}"
    )
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{path}" if base else path


def _padded(length: int) -> int:
    return -(-length // 8) * 8


def selection(key: str, wanted: Mapping[str, Any], own: Mapping[str, Any], *, at: float = 0) -> dict[str, Any]:
    """The part of a packet that says what is chosen: {"selected": …, "pushed": when Python last changed it}.

    What a person chose in the component itself (`own`, at that time) is known there already. So only another choice is
    pushed, and after a click the packet stays as it was, byte by byte: Streamlit then does not send it again.
    """
    note = f"{key}.pushed"
    last = st.session_state.get(note, {"selected": {}, "pushed": 0, "pick": 0})
    in_browser = own if at != last["pick"] else last["selected"]
    if wanted != in_browser:
        last = {"selected": dict(wanted), "pushed": time.time_ns() // 1000, "pick": at}
        st.session_state[note] = last
    return {"selected": last["selected"], "pushed": last["pushed"]}


def source(file: str, *styles: Path, words: Mapping[str, str] = NO_WORDS) -> dict[str, Any]:
    """html, css and js of a component, as `st.components.v2.component` takes them.

    file: the component's `__file__`; its folder holds main.js (joined with all that it imports), and html and css of
    the folder's name. styles: further css, before the component's own. words: its sentences, by name, from the
    topic's captions.
    """
    made = own(file, words=words)
    css = [HERE / "common" / "common.css", *styles]
    return {**made, "css": "\n".join([*(path.read_text("utf-8") for path in css), made["css"]])}


def own(file: str, *, html: str | None = None, words: Mapping[str, str] = NO_WORDS) -> dict[str, Any]:
    """html, css and js of a component that has a look of its own; html in place of the folder's file."""
    folder = Path(file).parent
    return {
        "html": worded(folder / f"{folder.name}.html", words) if html is None else html,
        "css": (folder / f"{folder.name}.css").read_text("utf-8"),
        "js": joined(folder / "main.js", words),
    }
