// The browser's history on a page change: one entry a page, and the one that is left keeps its address.
import assert from "node:assert/strict";
import test from "node:test";

import { oneEntryForEachPage } from "../../pages/shared/components/top_line/history.js";

function browser(start) {
  const entries = [new URL(start)];
  const listeners = {};
  const window = {
    get location() {
      return entries.at(-1);
    },
    history: {
      state: null,
      pushState: (_state, _unused, url) => entries.push(new URL(url, entries.at(-1))),
      replaceState: (_state, _unused, url) => (entries[entries.length - 1] = new URL(url, entries.at(-1))),
    },
    addEventListener: (name, listener) => (listeners[name] = listener),
  };
  oneEntryForEachPage(window);
  const go = url => window.history.pushState(null, "", url);
  return { go, gesture: () => listeners.pointerdown(), seen: () => entries.map(one => one.pathname + one.search) };
}

test("what changes on a page replaces its entry", () => {
  const { go, seen } = browser("http://there/pooling");
  go("/pooling?part=a");
  go("/pooling?part=b");
  assert.deepEqual(seen(), ["/pooling?part=b"]);
});

test("an address that is emptied on the way to another page comes back to the entry that stays behind", () => {
  const { go, gesture, seen } = browser("http://there/pooling?part=a");
  gesture();
  go("/pooling");
  go("/kernels");
  go("/kernels?part=c");
  assert.deepEqual(seen(), ["/pooling?part=a", "/kernels?part=c"]);
});

test("an address that a person emptied stays empty", () => {
  const { go, gesture, seen } = browser("http://there/pooling?part=a");
  gesture();
  go("/pooling");
  gesture();
  go("/kernels");
  assert.deepEqual(seen(), ["/pooling", "/kernels"]);
});
