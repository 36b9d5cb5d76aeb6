// The five surest classes under several conditions; where there are versions of the image, a slider goes through them.
import { sized } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";

export default mount({
  whole: ".compared",
  parts: "control what scrub photo columns",
  create(view) {
    view.label = view.find(".frame");
    view.scrub.oninput = () => {
      view.frame = Number(view.scrub.value);
      show(view);
    };
  },
  load(view, /** @type {import("../../../../shared/js/packets").ComparedPacket} */ header, blob) {
    if (view.kind !== header.control) view.frame = header.start;
    view.kind = header.control;
    view.frame = Math.min(view.frame, header.frames.length - 1);
    const single = header.frames.length === 1;
    view.control.hidden = view.photo.hidden = single;
    view.what.textContent = header.control;
    view.scrub.max = header.frames.length - 1;
    view.scrub.value = view.frame;
    view.sprite = null;
    if (!single) loadSprite(view, blob("pictures"));
  },
  draw: show,
});

function loadSprite(view, png) {
  createImageBitmap(new Blob([png], { type: "image/png" })).then(sprite => {
    view.sprite = sprite;
    show(view);
  });
}

function show(view) {
  const frame = view.header.frames[view.frame];
  view.label.textContent = frame.label;
  view.scrub.setAttribute("aria-valuetext", frame.label);
  if (view.sprite) {
    const side = view.sprite.height;
    const context = sized(view.photo, side, side);
    context.drawImage(view.sprite, view.frame * side, 0, side, side, 0, 0, side, side);
  }
  view.columns.replaceChildren(
    ...frame.columns.map(column => {
      const box = element("div", "column");
      box.append(element("div", "name", column.title));
      if (column.problem) box.append(element("div", "", column.problem));
      for (const row of column.rows) {
        const line = element("div", "row");
        const label = element("span", "label", row.label);
        const track = element("div", "track");
        const bar = element("div", "bar");
        label.title = row.label;
        bar.style.width = `${100 * row.share}%`;
        track.append(bar);
        line.append(label, track, element("span", "share mono", row.text));
        box.append(line);
      }
      return box;
    }),
  );
  view.columns.dataset.painted = `${view.digest}-${view.frame}`;
}
