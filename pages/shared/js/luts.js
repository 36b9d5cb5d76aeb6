// The palettes, 256 × RGB in base64 by theme and name. The join writes them here from cnnviz.figures.palettes, so that
// images, figures and the browser have one definition; without it (lint, types, unit tests) there are none.
/** @type {Record<string, Record<string, string>>} */
export const LUTS = {};
