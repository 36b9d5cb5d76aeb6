import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeElement, drawn, install, observed, packet } from "./dom.js";
import { mount } from "../../pages/shared/js/mount.js";

const style = {};
let root, whole, stage, calls, run;

beforeEach(() => {
  install(style);
  observed.clear();
  style.pixel = [255, 255, 255, 255];
  calls = [];
  root = new FakeElement();
  whole = new FakeElement("chart");
  stage = new FakeElement("stage");
  root.append(whole);
  whole.append(stage);
  const note = name => view => calls.push(`${name} ${view.room ?? "-"}`);
  const component = mount({
    whole: ".chart",
    parts: "stage",
    painted: "stage",
    notes: header => `test ${header.key}`,
    create: note("create"),
    begin: note("begin"),
    load: (view, header, blob) => calls.push(`load ${header.digest} ${blob("values").join()}`),
    draw: note("draw"),
    again: note("again"),
    stop: note("stop"),
  });
  run = digest =>
    component({ data: packet({ digest, key: "k" }, { values: new Uint8Array([1, 2, 3]) }), parentElement: root, setStateValue() {} });
});

const frame = () => new Promise(done => setTimeout(done, 5));

test("the first call creates, loads and draws; the same packet again draws nothing", () => {
  run("a");
  assert.deepEqual(calls, ["create -", "begin -", "load a 1,2,3", "draw 800"]);
  assert.equal(stage.dataset.painted, "a");
  run("a");
  assert.deepEqual(calls.slice(4), ["again 800"]);
});

test("another digest loads and draws, another theme only draws", () => {
  run("a");
  run("b");
  assert.deepEqual(calls.slice(4), ["load b 1,2,3", "draw 800"]);
  style.pixel = [10, 10, 10, 255];
  run("b");
  assert.deepEqual(calls.slice(6), ["draw 800"]);
});

test("another width draws once a frame, and narrow is a class; no width at all draws nothing", async () => {
  run("a");
  whole.clientWidth = 400;
  observed.get(whole)();
  observed.get(whole)();
  await frame();
  assert.deepEqual(calls.slice(4), ["draw 400"]);
  assert.ok(whole.classList.has("narrow"));
  observed.get(whole)();
  await frame();
  whole.clientWidth = 0;
  observed.get(whole)();
  await frame();
  assert.equal(calls.length, 5);
});

test("what ends stops and is watched no more; called again, it goes on as it stands", () => {
  const end = run("a");
  end();
  end();
  assert.deepEqual(calls.slice(4), ["stop 800"]);
  assert.equal(observed.size, 0);
  run("a");
  assert.deepEqual(calls.slice(5), ["begin 800", "load a 1,2,3", "draw 800"]);
  assert.equal(observed.size, 1);
});

test("its elements are made once, however calls and ends overtake each other", () => {
  for (const digest of drawn(40, 7).map(one => (one < 0.5 ? "a" : "b"))) {
    const end = run(digest);
    if (digest === "a") end();
  }
  assert.equal(calls.filter(call => call.startsWith("create")).length, 1);
  assert.ok(observed.size <= 1);
});

test("on other elements it starts anew, with its notes, and the old ones are left", () => {
  run("a");
  const other = new FakeElement("chart");
  other.append(new FakeElement("stage"));
  root.replaceChildren(other);
  run("a");
  assert.deepEqual(calls.slice(-5), ["stop 800", "create -", "begin -", "load a 1,2,3", "draw 800"]);
  assert.deepEqual([...observed.keys()], [other]);
});
