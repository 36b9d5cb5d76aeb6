import { drawer } from "./drawer.js";
import { lessons } from "./lessons.js";
import { present } from "./present.js";
import { remembered } from "./progress.js";
import { follow } from "./steps.js";
import { underline } from "./terms.js";

export default function ({ data, parentElement, setStateValue }) {
  const part = name => parentElement.querySelector(`.${name}`);
  drawer(part, data.terms);
  lessons(part);
  underline(data.terms);
  present();
  follow();
  const known = remembered(data.here, data.stops);
  if (known.some(one => !data.seen.includes(one))) setStateValue("seen", known);
}
