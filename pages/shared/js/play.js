// The one way to play: a button that starts and stops, steps at a pace or from frame to frame.
import { say } from "./say.js";

/** Whether somebody wants less motion. */
export function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Plays by calling `step` until it answers false.
 * @param {object} options
 * @param {HTMLElement} options.button says Play or Pause
 * @param {(passed: number) => unknown} options.step one step on; passed: milliseconds since the last, at most 100
 * @param {number | (() => number) | null} [options.pace] milliseconds a step; null: a step a frame of the screen
 * @param {() => void} [options.start] before the first step of a play
 * @param {() => void} [options.changed] after it started or stopped
 */
export function player({ button, step, pace = null, start, changed }) {
  const self = { playing: false, play, stop, toggle: () => (self.playing ? stop() : play()) };
  let timer = 0;
  let before = 0;
  button.onclick = self.toggle;
  button.textContent ||= say("play"); // whoever plays at once says Pause

  function play() {
    halt();
    start?.();
    self.playing = true;
    before = performance.now();
    if (pace === null) timer = requestAnimationFrame(frame);
    else timer = setInterval(() => step(0) === false && stop(), typeof pace === "function" ? pace() : pace);
    said();
  }

  function frame(now) {
    const passed = Math.max(0, Math.min(100, now - before));
    before = now;
    if (step(passed) === false) stop();
    else if (self.playing) timer = requestAnimationFrame(frame);
  }

  function stop() {
    if (!self.playing) return;
    halt();
    said();
  }

  function halt() {
    if (pace === null) cancelAnimationFrame(timer);
    else clearInterval(timer);
    self.playing = false;
  }

  function said() {
    button.textContent = say(self.playing ? "pause" : "play");
    button.setAttribute("aria-pressed", String(self.playing));
    changed?.();
  }

  return self;
}
