// What a person set up (open groups, sort order, scroll) outlives a page switch: one note per component key.
export function memory(key) {
  const all = (window.__cnnviz ??= new Map());
  if (!all.has(key)) all.set(key, {});
  return all.get(key);
}

// A choice that Python changed is taken over once; until then the person's own holds.
export function pushed(view, header) {
  if (view.notes.pushed === header.pushed) return;
  view.notes.pushed = header.pushed;
  view.selected = view.notes.selected = "channel" in header.selected ? header.selected : null;
}
