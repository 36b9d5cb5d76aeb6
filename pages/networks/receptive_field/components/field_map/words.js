// What stands beside the images, in words and numbers; the numbers come from the layer's intervals.
import { element, nest } from "../../../../shared/js/dom.js";
import { grouped, number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { centreOf, clippedBox, reachedBy } from "./geometry.js";

export function describe(view) {
  const { header, layer, at, notes } = view;
  const [row, column] = at;
  const box = view.box;
  const clipped = clippedBox(box, header.picture);
  const span = (from, to) => `${grouped.format(from).replace("-", "−")} … ${grouped.format(to - 1).replace("-", "−")}`;
  const exact = layer.status === "exact";
  const even = exact && [layer.rows, layer.columns].every(which => !which[3] || which[1] > 0);
  const cut = clipped.top !== box.top || clipped.left !== box.left || clipped.bottom !== box.bottom || clipped.right !== box.right;
  view.caption.textContent = layer.cells[0] * layer.cells[1] > 1 ? say("cell", { row, column }) : say("only_cell");
  const value = view.values[row * layer.cells[1] + column];
  const channel = header.cell[2];
  const size = even ? say("pixels", { height: layer.rows[0], width: layer.columns[0] }) : exact ? sizeOf(box) : say("whole_image");
  const lines = [
    [say("field"), size],
    [say("stride"), even ? say("pixels_of_one", { size: layer.rows[1] }) : exact ? say("stride_varies") : "–"],
    [say("padding"), even ? say("pixels_of_one", { size: layer.rows[2] }).replace("-", "−") : "–"],
    [say("rows"), span(box.top, box.bottom)],
    [say("columns"), span(box.left, box.right)],
    [say("on_image"), cut ? sizeOf(clipped) : say("all_of_it")],
    [say("centre"), `${number(centreOf(layer.rows, row), 5)}, ${number(centreOf(layer.columns, column), 5)}`],
    [channel === null ? say("value_of_mean") : say("value_of_channel", { channel }), number(value)],
    [say("status"), layer.words],
  ];
  view.numbers.replaceChildren(...lines.map(([label, text]) => nest("tr", "", element("td", "muted", label), element("td", "", text))));
  const [height, width] = header.picture;
  view.pictureWords.textContent = say(notes.whole && cut ? "image_cut" : "image", { height, width });
  view.mapWords.textContent = mapWords(header, layer, channel);
  view.reach.textContent = reachWords(layer, view.pixel);
}

function sizeOf(box) {
  return say("pixels", { height: box.bottom - box.top, width: box.right - box.left });
}

function mapWords(header, layer, channel) {
  const [rows, columns] = layer.cells;
  const range = say(header.signed ? "signed" : "unsigned", { highest: number(header.highest, 3) });
  if (channel === null) return say("map_of_mean", { layer: header.layer, rows, columns, range });
  return say("map_of_channel", { layer: header.layer, rows, columns, channel, range });
}

// So many rows and columns of cells, as "3 × 4".
function countOf(found) {
  return `${found.bottom - found.top} × ${found.right - found.left}`;
}

function reachWords(layer, pixel) {
  if (!pixel) return say("ask_a_pixel");
  const [row, column] = pixel;
  const found = reachedBy(layer, pixel);
  if (found.empty) return say("reaches_none", { row, column });
  const rows = `${found.top} … ${found.bottom - 1}`;
  const columns = `${found.left} … ${found.right - 1}`;
  return say(layer.status === "exact" ? "reaches" : "may_reach", { row, column, cells: countOf(found), rows, columns });
}

export function listReached(view) {
  const pixel = view.notes.pixel;
  view.summary.textContent = pixel ? say("pixel_through_all", { row: pixel[0], column: pixel[1] }) : say("choose_a_pixel");
  if (!pixel || !view.details.open) return view.lines.replaceChildren();
  view.lines.replaceChildren(
    ...view.header.layers.map(layer => {
      const found = reachedBy(layer, pixel);
      const cells = found.empty ? say("none") : countOf(found);
      const line = element("tr", layer.name === view.header.layer ? "here" : "");
      line.append(element("td", "", layer.name), element("td", "mono", cells), element("td", "mono", layer.cells.join(" × ")));
      line.title = layer.operation;
      return line;
    }),
  );
}
