import { unpack } from "../../js/packet.js";

const urls = new WeakMap();

function spriteUrl(root, bytes) {
  const known = urls.get(root);
  if (known && known.length === bytes.length) return known.url;
  if (known) URL.revokeObjectURL(known.url);
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  urls.set(root, { length: bytes.length, url });
  return url;
}

function makeButton(item, index, data, url) {
  const button = document.createElement("button");
  const shown = data.size / 2;
  const chosen = item.name === data.selected;
  button.type = "button";
  button.title = item.title;
  button.setAttribute("role", "radio");
  button.setAttribute("aria-label", item.title);
  button.setAttribute("aria-checked", String(chosen));
  button.tabIndex = chosen || (index === 0 && !data.items.some(other => other.name === data.selected)) ? 0 : -1;
  button.style.width = button.style.height = `${shown + 4}px`;
  button.style.backgroundImage = `url(${url})`;
  button.style.backgroundSize = `${data.items.length * shown}px ${shown}px`;
  button.style.backgroundPosition = `${-index * shown}px 0`;
  return button;
}

function moveFocus(strip, event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...strip.children];
  const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
  next.focus();
  event.preventDefault();
}

export default function ({ data: packet, parentElement, setTriggerValue }) {
  const { header: data, blob } = unpack(packet);
  const strip = parentElement.querySelector(".strip");
  const url = spriteUrl(parentElement, blob("sprite"));
  const focused = [...strip.children].indexOf(parentElement.activeElement ?? null);
  strip.replaceChildren(
    ...data.items.map((item, index) => {
      const button = makeButton(item, index, data, url);
      button.onclick = () => {
        for (const other of strip.children) other.setAttribute("aria-checked", String(other === button));
        setTriggerValue("pick", item.name);
      };
      return button;
    }),
  );
  strip.onkeydown = event => moveFocus(strip, event);
  if (focused >= 0) strip.children[focused]?.focus();
}
