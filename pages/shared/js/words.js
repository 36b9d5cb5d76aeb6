// A component's sentences, name → template. The join writes them here from the topic's captions, with the few of the
// runtime itself; without it (lint, types, unit tests) there are none.
/** @type {Record<string, string>} */
export const WORDS = {};
