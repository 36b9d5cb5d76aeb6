"""The large messages that a browser keeps, and names to the server with each click, which then sends a reference alone.

As Streamlit's own page does (`ForwardMessageCache`): what is marked as cacheable stays until two runs went by that did
not send it.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

OLDEST = 2  # runs: global.maxCachedMessageAge


@dataclass
class _Kept:
    """seen: the number of the run that sent it last."""

    message: ForwardMsg
    seen: int


class MessageCache:
    """What one tab keeps."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._runs = 0

    @property
    def hashes(self) -> list[str]:
        """Of the messages that the server need not send again."""
        return list(self._kept)

    def whole(self, message: ForwardMsg) -> ForwardMsg:
        """The message, or what it refers to, in the place that it names. Raises KeyError for what was never sent."""
        if message.WhichOneof("type") != "ref_hash":
            if message.metadata.cacheable:
                self._kept[message.hash] = _Kept(message, self._runs)
            return message
        kept = self._kept[message.ref_hash]
        kept.seen = self._runs
        found = ForwardMsg()
        found.CopyFrom(kept.message)
        found.metadata.CopyFrom(message.metadata)
        return found

    def ran(self, fragments: frozenset[str]) -> None:
        """A run has ended. fragments: which ran; none: the whole script. What others sent does not age meanwhile."""
        self._runs += 1
        for name, kept in list(self._kept.items()):
            of_these = not fragments or kept.message.delta.fragment_id in fragments
            if of_these and self._runs - kept.seen > OLDEST:
                del self._kept[name]
