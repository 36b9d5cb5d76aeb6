// The colour of each image: its class, the network's answer, or whether that is right.
import { say } from "../../../../shared/js/say.js";

const MOST = 10; // classes with a colour of their own; the rest is grey
const HUES = ["#3b78c2", "#d0701c", "#16917e", "#b8558f", "#86861d", "#8468c9", "#c0504d", "#4a90a4", "#7a6a53", "#5a9e3d"];
const REST = "#8a8f98";

export function coloursOf(view) {
  const { header, notes } = view;
  if (notes.colour === "right" && header.right.length)
    return {
      of: item => (item >= header.count ? REST : header.right[item] ? HUES[0] : HUES[1]),
      legend: [
        [HUES[0], "right"],
        [HUES[1], "wrong"],
      ],
    };
  const [places, names] = notes.colour === "answer" ? [header.answers, header.answer_names] : [header.labels, header.classes];
  const counts = new Map();
  for (let item = 0; item < header.count; item++) counts.set(places[item], (counts.get(places[item]) ?? 0) + 1);
  const ranked = [...counts.keys()].sort((one, other) => (names.length <= MOST ? one - other : counts.get(other) - counts.get(one)));
  const kept = ranked.slice(0, MOST);
  const colour = new Map(kept.map((place, index) => [place, HUES[index]]));
  const legend = kept.map((place, index) => [HUES[index], names[place]]);
  if (ranked.length > MOST) legend.push([REST, say("others", { count: ranked.length - MOST })]);
  return { of: item => colour.get(places[item]) ?? REST, legend };
}
