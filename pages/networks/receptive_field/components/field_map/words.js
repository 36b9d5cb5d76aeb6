// What stands beside the pictures, in words and numbers; the numbers come from the layer's intervals.
import { element } from "../../../../shared/js/dom.js";
import { grouped, number } from "../../../../shared/js/numbers.js";
import { centreOf, clippedBox, reachedBy } from "./geometry.js";

export function say(view) {
  const { header, layer, at, notes } = view;
  const [row, column] = at;
  const box = view.box;
  const clipped = clippedBox(box, header.picture);
  const span = (from, to) => `${grouped.format(from).replace("-", "−")} … ${grouped.format(to - 1).replace("-", "−")}`;
  const exact = layer.status === "exact";
  const even = exact && [layer.rows, layer.columns].every(which => !which[3] || which[1] > 0);
  const cut = clipped.top !== box.top || clipped.left !== box.left || clipped.bottom !== box.bottom || clipped.right !== box.right;
  view.caption.textContent =
    layer.cells[0] * layer.cells[1] > 1 ? `Cell: row ${row}, column ${column}` : "The only cell: every number of this layer";
  const value = view.values[row * layer.cells[1] + column];
  const which = header.cell[2] === null ? "mean of its channels" : `channel ${header.cell[2]}`;
  const lines = [
    [
      "Field",
      even
        ? `${layer.rows[0]} × ${layer.columns[0]} px`
        : exact
          ? `${box.bottom - box.top} × ${box.right - box.left} px`
          : "the whole image",
    ],
    ["Stride (jump)", even ? `${layer.rows[1]} px` : exact ? "differs from cell to cell" : "–"],
    ["Padding before", even ? `${layer.rows[2]} px`.replace("-", "−") : "–"],
    ["Rows", span(box.top, box.bottom)],
    ["Columns", span(box.left, box.right)],
    ["On the image", cut ? `${clipped.bottom - clipped.top} × ${clipped.right - clipped.left} px` : "all of it"],
    ["Centre", `${number(centreOf(layer.rows, row), 5)}, ${number(centreOf(layer.columns, column), 5)}`],
    [`Value, ${which}`, number(value)],
    ["Status", layer.words],
  ];
  view.numbers.replaceChildren(
    ...lines.map(([label, text]) => {
      const line = element("tr");
      line.append(element("td", "muted", label), element("td", "", text));
      return line;
    }),
  );
  view.pictureWords.textContent = `${header.picture[0]} × ${header.picture[1]} pixels, as the network sees them${notes.whole && cut ? "; dashed: the whole box, beyond the border is padding" : ""}`;
  view.mapWords.textContent = `${header.layer} · ${layer.cells[0]} × ${layer.cells[1]} cells · ${header.cell[2] === null ? "mean of all channels" : which}, ${header.signed ? "±" : "0 to "}${number(header.highest, 3)}`;
  sayReach(view);
}

function reachWords(layer, pixel) {
  const found = reachedBy(layer, pixel);
  const [rows, columns] = layer.cells;
  if (found.empty) return { cells: "none", of: `${rows} × ${columns}`, long: "no cell" };
  const cells = `${found.bottom - found.top} × ${found.right - found.left}`;
  return {
    cells,
    of: `${rows} × ${columns}`,
    long: `${cells} cells (rows ${found.top} … ${found.bottom - 1}, columns ${found.left} … ${found.right - 1})`,
  };
}

function sayReach(view) {
  const { pixel, layer } = view;
  const certain = layer.status === "exact" ? "reaches" : "can reach at most";
  view.reach.textContent = pixel
    ? `Pixel row ${pixel[0]}, column ${pixel[1]} ${certain} ${reachWords(layer, pixel).long} of this layer: its projective field, hatched on the map.`
    : "Point at the image: which cells does a pixel reach? Click keeps it.";
}

export function listReached(view) {
  const pixel = view.notes.pixel;
  view.summary.textContent = pixel
    ? `Pixel row ${pixel[0]}, column ${pixel[1]} through all layers`
    : "A pixel through all layers: click one on the image";
  if (!pixel || !view.details.open) return view.lines.replaceChildren();
  view.lines.replaceChildren(
    ...view.header.layers.map(layer => {
      const words = reachWords(layer, pixel);
      const line = element("tr", layer.name === view.header.layer ? "here" : "");
      line.append(element("td", "", layer.name), element("td", "mono", words.cells), element("td", "mono", words.of));
      line.title = layer.operation;
      return line;
    }),
  );
}
