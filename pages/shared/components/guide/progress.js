const KEPT_AS = "cnnviz.course";

// Which stops this browser has opened, with the one at hand. Where nothing may be kept, only the one at hand.
export function remembered(here, stops) {
  let kept = [];
  try {
    kept = JSON.parse(window.localStorage.getItem(KEPT_AS) ?? "[]");
  } catch {
    return [here]; // what stands there is not ours, or the browser keeps nothing
  }
  const found = Array.isArray(kept) ? kept.filter(one => stops.includes(one)) : [];
  const all = found.includes(here) || !stops.includes(here) ? found : [...found, here];
  try {
    window.localStorage.setItem(KEPT_AS, JSON.stringify(all));
  } catch {
    return all; // no room: it is kept as long as the session
  }
  return all;
}
