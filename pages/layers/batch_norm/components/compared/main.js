const views = new WeakMap();

// The five surest classes under several conditions; where there are versions of the picture, a slider goes through them.
export default function ({ data, parentElement }) {
  const { header, blob } = unpack(data), view = views.get(parentElement) ?? created(parentElement);
  if (view.digest !== header.digest) {
    Object.assign(view, { header, digest: header.digest });
    if (view.kind !== header.control) view.frame = header.start;
    view.kind = header.control;
    view.frame = Math.min(view.frame, header.frames.length - 1);
    const single = header.frames.length === 1;
    view.control.hidden = view.photo.hidden = single;
    view.what.textContent = header.control;
    view.scrub.max = header.frames.length - 1;
    view.scrub.value = view.frame;
    if (!single) {
      view.sprite = null;
      createImageBitmap(new Blob([blob("pictures")], { type: "image/png" })).then(sprite => {
        view.sprite = sprite;
        show(view);
      });
    }
    show(view);
  }
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root) {
  const view = { root, frame: 0 };
  for (const name of ["control", "what", "scrub", "photo", "columns"]) view[name] = root.querySelector(`.${name}`);
  view.label = root.querySelector(".frame");
  view.whole = root.querySelector(".compared");
  view.observer = new ResizeObserver(() => view.whole.classList.toggle("narrow", view.whole.clientWidth < 560));
  view.observer.observe(view.whole);
  view.scrub.oninput = () => {
    view.frame = Number(view.scrub.value);
    show(view);
  };
  views.set(root, view);
  return view;
}

function show(view) {
  const frame = view.header.frames[view.frame];
  view.label.textContent = frame.label;
  view.scrub.setAttribute("aria-valuetext", frame.label);
  if (view.sprite) {
    const side = view.sprite.height, context = sized(view.photo, side, side);
    context.drawImage(view.sprite, view.frame * side, 0, side, side, 0, 0, side, side);
  }
  view.columns.replaceChildren(
    ...frame.columns.map(column => {
      const box = element("div", "column");
      box.append(element("div", "name", column.title));
      if (column.problem) box.append(element("div", "", column.problem));
      for (const row of column.rows) {
        const line = element("div", "row"), label = element("span", "label", row.label), track = element("div", "track"), bar = element("div", "bar");
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
