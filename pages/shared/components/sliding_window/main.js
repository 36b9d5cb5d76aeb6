// Runs on every change of data or theme: the step, the speed, the output channel stay.
import { mount } from "../../js/mount.js";
import { PARTS, arrange, load, setUp } from "./window.js";

export default mount({
  whole: ".sliding_window",
  parts: PARTS,
  painted: "stage",
  notes: header => `sliding window ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});
