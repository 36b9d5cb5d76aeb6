// A canvas that left the app: the same components, in one file without a server. Their answers are in the file, too.
/** The bytes that a base64 text stands for. */
function unpacked(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** Starts the page. given: the components by name, and everything that they show. */
export default function start(given) {
  const { components, packets, cards, shared, words } = given;

  /** A component in a shadow tree of its own, as in the app. */
  function settle(place, name) {
    const root = document.getElementById(place).attachShadow({ mode: "open" });
    const look = /** @type {HTMLTemplateElement} */ (document.getElementById(`look-${name}`));
    root.append(look.content.cloneNode(true));
    return (data, heard = (_name, _value) => undefined) => components[name]({ data, parentElement: root, setStateValue: heard });
  }

  const beside = document.getElementById("beside");
  const title = document.getElementById("title");
  const [layerPart, unitPart] = ["layer", "unit"].map(name => document.getElementById(name));
  const showNet = settle("net", "network_canvas");
  const showLayer = settle("layer", "mosaic");
  const showUnit = settle("unit", "unit_card");
  const back = document.getElementById("back");
  let open = null;

  function openLayer(key) {
    open = { key, unit: false };
    beside.hidden = back.hidden = false;
    unitPart.hidden = true;
    back.textContent = words.close;
    const packet = packets.layers[key];
    title.textContent = packet ? packets.captions[key] : `${key}: ${words.left_out}`;
    layerPart.hidden = !packet;
    if (packet) showLayer(unpacked(packet), (name, value) => name === "pick" && openUnit(key, value.channel));
  }

  function openUnit(key, channel) {
    const card = cards[`${key}/${channel}`];
    if (!card) return;
    open = { key, unit: true };
    layerPart.hidden = true;
    unitPart.hidden = false;
    title.textContent = words.strongest;
    back.textContent = words.to_layer;
    showUnit({ ...card, ...shared });
  }

  function goBack() {
    if (!open) return;
    if (open.unit) openLayer(open.key);
    else {
      open = null;
      beside.hidden = true;
      /** @type {HTMLElement} */ (document.getElementById("net").shadowRoot.querySelector(".stage")).focus();
    }
  }

  showNet(unpacked(packets.canvas), (name, value) => name === "pick" && openLayer(value.layer));
  back.onclick = goBack;
  document.addEventListener("keydown", event => event.key === "Escape" && goBack());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload());
}
