"""The benchmarks' tab keeps what a browser keeps: large messages, for two runs after the last that sent them."""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.message_cache import MessageCache

WHOLE, SMALL = frozenset[str](), "small"


def message(name: str, *, cacheable: bool = True, fragment: str = "", place: int = 0) -> ForwardMsg:
    made = ForwardMsg()
    made.hash, made.metadata.cacheable, made.delta.fragment_id = name, cacheable, fragment
    made.delta.new_element.markdown.body = f"the words of {name}"
    made.metadata.delta_path.append(place)
    return made


def reference(name: str, place: int) -> ForwardMsg:
    made = ForwardMsg()
    made.ref_hash = name
    made.metadata.delta_path.append(place)
    return made


def test_a_reference_is_what_was_sent_in_its_new_place() -> None:
    cache = MessageCache()
    assert cache.whole(message("a")) == message("a")
    assert cache.whole(message(SMALL, cacheable=False)) == message(SMALL, cacheable=False)
    assert cache.hashes == ["a"]
    again = cache.whole(reference("a", place=3))
    assert again.delta == message("a").delta
    assert list(again.metadata.delta_path) == [3]


def test_what_two_runs_did_not_send_is_forgotten() -> None:
    cache = MessageCache()
    cache.whole(message("a"))
    cache.whole(message("b"))
    for _ in range(2):
        cache.ran(WHOLE)
        cache.whole(reference("a", place=0))
    assert cache.hashes == ["a", "b"]
    cache.ran(WHOLE)
    assert cache.hashes == ["a"]


def test_what_another_fragment_sent_does_not_age() -> None:
    cache = MessageCache()
    cache.whole(message("a", fragment="one"))
    cache.whole(message("b"))
    for _ in range(5):
        cache.ran(frozenset({"two"}))
    assert cache.hashes == ["a", "b"]
    for _ in range(3):
        cache.ran(frozenset({"one", "two"}))
    assert cache.hashes == ["b"]
