// Sentences stand in the topic's captions.py, whole; here they get their values.
import { bound } from "./bound.js";
import { WORDS } from "./words.js";

/**
 * The sentence of that name, with each {value} in its place: say("pixel", { row, column }).
 * @param {string} name
 * @param {Record<string, string | number>} values
 */
export function say(name, values = {}) {
  const template = WORDS[name];
  if (template === undefined) throw new Error(`No sentence is called “${name}” in this component's captions.`);
  const said = template.replace(/\{(\w+)\}/g, (_, key) => {
    if (!(key in values)) throw new Error(`“${name}” needs a value for {${key}}.`);
    return String(values[key]);
  });
  return bound(said);
}
