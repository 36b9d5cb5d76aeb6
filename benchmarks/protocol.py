"""One session of the app over the protocol that a browser speaks: Streamlit's messages through a websocket.

Without a browser's drawing, so that thirty fit beside the server on one machine: what is timed is the server's answer.
"""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.message_cache import MessageCache

STREAM = "/_stcore/stream"
LARGEST = 1 << 28
Place = tuple[int, ...]  # of an element on the page: its path in the tree
PATIENCE = 180.0  # seconds until an answer counts as lost


class Lost(RuntimeError):
    """The server did not answer in time, or said that the script failed."""


class Session:
    """A tab: what it was shown last, and what its widgets say."""

    def __init__(self, address: str, *, at: str = "", cookie: str = "", **query: str) -> None:
        """at: the page's name in the address, "" for the first. cookie: "name=value" that this browser has."""
        self._at, self._cookie = at, cookie
        self._query, self._address = urlencode(query), address
        self._socket = connect(
            address.replace("http", "ws", 1) + STREAM, subprotocols=["streamlit"], max_size=LARGEST,
            open_timeout=PATIENCE, origin=address, ping_interval=None,  # PATIENCE bounds the wait
            additional_headers=[("Cookie", cookie)] if cookie else [],
        )  # fmt: skip
        self._values: dict[str, tuple[str, Any]] = {}  # a widget's id → (field of WidgetState, what it says)
        self._page = ""
        self.texts: dict[Place, str] = {}
        self.widgets: dict[str, tuple[str, str]] = {}  # the key that Python gave it → (id, fragment)
        self._keys: dict[Place, str] = {}  # where a widget stands → its key
        self._sent: list[Place] = []  # what the run under way has sent so far, the fragment's own block first
        self.options: dict[str, list[str]] = {}
        self._cache = MessageCache()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def run(self, fragment: str = "", *, pressed: str = "") -> float:
        """Run the script (or one fragment) and wait for its end; returns the seconds. pressed: a button's id.

        Raises Lost.
        """
        message = self._message(fragment, pressed=pressed)
        begin = time.perf_counter()
        self._send(message)
        for answer in self._answers(begin + PATIENCE):
            self._take(answer)
            if answer.WhichOneof("type") == "script_finished":
                if answer.script_finished in FINISHED:
                    self._cache.ran(frozenset(answer.metadata.run.fragment_ids))
                    spent = time.perf_counter() - begin
                    self._sweep(of_fragment=answer.script_finished == FINISHED_FRAGMENT)
                    return spent
                if answer.script_finished == BROKEN:
                    raise Lost("the script does not compile")
        raise Lost("the connection was closed")

    def _message(self, fragment: str, *, pressed: str) -> BackMsg:
        """What asks for this run: the address, and what all widgets say."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = self._query, self._page, fragment
        state.cached_message_hashes.extend(self._cache.hashes)
        if not self._page:
            state.page_name = self._at
        for identity, (name, value) in self._values.items():
            one = state.widget_states.widgets.add(id=identity)
            if name == "string_array_value":
                one.string_array_value.data.extend(value)
            elif name == "file_uploader_state_value":
                one.file_uploader_state_value.uploaded_file_info.add(**value)
            elif name == "double_array_value":
                one.double_array_value.data.extend(value)
            else:
                setattr(one, name, value)
        if pressed:
            one = state.widget_states.widgets.add()
            one.id, one.trigger_value = pressed, True
        return message

    def choose(self, key: str, value: str) -> float:
        """Choose this in the select box of that key; returns the seconds. Raises Lost, KeyError."""
        identity, fragment = self.widgets[key]
        self._values[identity] = ("string_value", value)
        return self.run(fragment)

    def press(self, key: str) -> float:
        """Press the button of that key; returns the seconds until it is answered. Raises Lost, KeyError."""
        identity, fragment = self.widgets[key]
        return self.run(fragment, pressed=identity)

    def tell(self, key: str, **said: Any) -> float:
        """What a component of that key says of itself, by name; returns the seconds. Raises Lost, KeyError."""
        identity, fragment = self.widgets[key]
        self._values[identity] = ("json_value", json.dumps(said))
        return self.run(fragment)

    def upload(self, key: str, name: str, data: bytes) -> float:
        """Choose this file in the uploader of that key; returns the seconds from its first byte to the answer.

        Raises Lost, KeyError, urllib.error.URLError.
        """
        identity, fragment = self.widgets[key]
        message, begin = BackMsg(), time.perf_counter()
        message.file_urls_request.request_id = secrets.token_hex(8)
        message.file_urls_request.file_names.append(name)
        self._send(message)
        answers = self._answers(begin + PATIENCE)
        where = next(one for one in answers if one.WhichOneof("type") == "file_urls_response").file_urls_response
        if where.error_msg:
            raise Lost(where.error_msg)
        urls = where.file_urls[0]
        self._put(urls.upload_url, name, data)
        told = {"file_id": urls.file_id, "name": name, "size": len(data), "file_urls": urls}
        self._values[identity] = ("file_uploader_state_value", told)
        self.run(fragment)
        return time.perf_counter() - begin

    def _put(self, url: str, name: str, data: bytes) -> None:
        """The file as a browser sends it, with the token that the server gave this visitor."""
        with urllib.request.urlopen(f"{self._address}/_stcore/health", timeout=PATIENCE) as answer:
            cookies = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or []]
        token = next((one.partition("=")[2] for one in cookies if one.startswith("_streamlit_xsrf=")), "")
        cookies += [self._cookie] if self._cookie else []
        edge = secrets.token_hex(16)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'
        request = urllib.request.Request(
            self._address + url, data=head.encode() + data + f"\r\n--{edge}--\r\n".encode(), method="PUT",
            headers={
                "Content-Type": f"multipart/form-data; boundary={edge}", "Cookie": "; ".join(cookies),
                "X-Xsrftoken": token,
            },
        )  # fmt: skip
        urllib.request.urlopen(request, timeout=PATIENCE).close()

    def says(self, text: str) -> bool:
        """Whether something on the page holds this text."""
        return any(text in shown for shown in self.texts.values())

    def _sweep(self, *, of_fragment: bool) -> None:
        """Forget what this run did not send again, as a browser does: it would else say it at the next click, too.

        What a fragment sends stands within its own block, which comes first.
        """
        within = self._sent[0] if of_fragment and self._sent else ()
        kept = set(self._sent)
        for place in [one for one in self.texts if one[: len(within)] == within and one not in kept]:
            del self.texts[place]
            self._forget_widget(place)

    def _forget_widget(self, place: Place) -> None:
        """What stood there, and what was said of it, unless it has moved elsewhere."""
        key = self._keys.pop(place, None)
        if key is not None and key not in self._keys.values():
            self._values.pop(self.widgets.pop(key)[0], None)

    def _send(self, message: BackMsg) -> None:
        try:
            self._socket.send(message.SerializeToString())
        except WebSocketException as error:
            raise Lost(f"the connection was closed: {error}") from error

    def _answers(self, until: float) -> Iterator[ForwardMsg]:
        while True:
            try:
                data = self._socket.recv(timeout=max(0.0, until - time.perf_counter()))
            except TimeoutError as error:
                raise Lost(f"no answer within {PATIENCE:.0f} seconds") from error
            except WebSocketException as error:
                raise Lost(f"the connection was closed: {error}") from error
            answer = ForwardMsg()
            answer.ParseFromString(data if isinstance(data, bytes) else data.encode())
            yield self._cache.whole(answer)

    def _take(self, answer: ForwardMsg) -> None:
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            self._page, self._sent = answer.new_session.page_script_hash, []
        if kind != "delta":
            return
        place = tuple(answer.metadata.delta_path)
        self._sent.append(place)
        if answer.delta.WhichOneof("type") != "new_element":  # a block, perhaps where an element was
            self.texts.pop(place, None)
            self._forget_widget(place)
            return
        element = answer.delta.new_element
        what = element.WhichOneof("type")
        if what == "exception":
            raise Lost(f"{element.exception.type}: {element.exception.message}")
        self.texts[place] = _text(element, what)
        identity = str(getattr(getattr(element, what or "empty"), "id", ""))
        key = identity.split("-", 2)[-1]
        if self._keys.get(place, key) != key:
            self._forget_widget(place)
        if identity:
            self.widgets[key], self._keys[place] = (identity, answer.delta.fragment_id), key
            if (told := _told(element, what)) is not None and (identity not in self._values or _pushed(element, what)):
                self._values[identity] = told
            if what == "selectbox":
                self.options[key] = list(element.selectbox.options)


FINISHED_FRAGMENT = 3
FINISHED = (0, FINISHED_FRAGMENT)  # ran to its end: ForwardMsg.ScriptFinishedStatus; 2 is followed by a further run
BROKEN = 1


def _pushed(element: Any, what: str | None) -> bool:
    """Whether Python says what this widget shows, whatever the browser has."""
    return bool(getattr(getattr(element, what or "empty"), "set_value", False))


def _told(element: Any, what: str | None) -> tuple[str, Any] | None:
    """What a browser says of a widget that nobody has touched: (field of WidgetState, value); None of other kinds."""
    if what == "selectbox" and element.selectbox.set_value:
        return "string_value", element.selectbox.raw_value
    if what == "number_input" and element.number_input.set_value:
        return "double_value", element.number_input.value
    if what == "selectbox" and element.selectbox.HasField("default"):
        return "string_value", element.selectbox.options[element.selectbox.default]
    if what == "number_input":
        return "double_value", element.number_input.default
    if what == "checkbox":
        return "bool_value", element.checkbox.value if element.checkbox.set_value else element.checkbox.default
    if what == "multiselect":
        return "string_array_value", [element.multiselect.options[place] for place in element.multiselect.default]
    return None


def _text(element: Any, what: str | None) -> str:
    """What an element says, where it says something."""
    shown = getattr(element, what) if what else None
    if what == "bidi_component":
        return str(shown.json)
    return str(getattr(shown, "body", "")) if shown is not None else ""
