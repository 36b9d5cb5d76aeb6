const ENTRIES_APART = 5; // px between two entries
const ROWS_APART = 26; // px from row to row

// Plotly measures a legend's words once and keeps what it found: those that were measured before the page was presented
// would stand too close for type of twenty pixels. Here each stands where the one before it ends, in as many rows as it takes.
export function spaceLegends() {
  for (const legend of document.querySelectorAll('[data-testid="stMain"] .js-plotly-plot .legend')) {
    const entries = /** @type {SVGGElement[]} */ ([...legend.querySelectorAll(".traces")]);
    const svg = /** @type {SVGSVGElement | null} */ (legend.closest("svg"));
    if (!svg || !entries.length) continue;
    const room = svg.clientWidth - shiftOf(legend)[0];
    const [left, low] = shiftOf(entries.at(-1)).map((value, axis) => (axis ? value : shiftOf(entries[0])[0]));
    const rows = inRows(entries.map(widthOf), room - left);
    let at = 0;
    rows.forEach((row, which) => {
      let x = left;
      for (const width of row) {
        const place = `translate(${x},${low - (rows.length - 1 - which) * ROWS_APART})`;
        if (entries[at].getAttribute("transform") !== place) entries[at].setAttribute("transform", place);
        x += width;
        at += 1;
      }
    });
    legend.querySelector(".scrollbox")?.removeAttribute("clip-path");
  }
}

/** Widths cut into rows that are no wider than there is room, as they come. */
export function inRows(widths, room) {
  const rows = [];
  let used = Infinity;
  for (const width of widths) {
    if (used + width > room) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1).push(width);
    used += width;
  }
  return rows;
}

function widthOf(entry) {
  const text = entry.querySelector(".legendtext");
  return Number(text?.getAttribute("x") ?? 40) + (text?.getComputedTextLength() ?? 0) + ENTRIES_APART;
}

function shiftOf(element) {
  const found = /translate\(([-\d.]+)[ ,]+([-\d.]+)/.exec(element?.getAttribute("transform") ?? "");
  return found ? [Number(found[1]), Number(found[2])] : [0, 0];
}
