// How much of the first excess loss is left after each step, on a logarithmic scale, for both bowls.
const LEAST = 1e-8, MOST = 1e3, HEIGHT = 190, EDGE = 52;

function paintCurve(view) {
  const { theme, header } = view, width = view.drawnFor, context = sized(view.curve, width, HEIGHT);
  const x = step => EDGE + (step / view.last) * (width - EDGE - 12);
  const y = share => 10 + ((Math.log10(MOST) - Math.log10(share)) / (Math.log10(MOST) - Math.log10(LEAST))) * (HEIGHT - 46);
  context.font = `12px ${theme.font}`;
  context.fillStyle = context.strokeStyle = theme.text;
  context.textAlign = "right";
  for (const [share, label] of [[1e3, "1,000"], [1, "1"], [1e-2, "1 %"], [1e-4, "0.01 %"], [1e-8, "10⁻⁸"]]) {
    context.globalAlpha = 0.16;
    context.fillRect(EDGE, Math.round(y(share)), width - EDGE - 12, 1);
    context.globalAlpha = 0.88;
    context.fillText(label, EDGE - 6, y(share) + 4);
  }
  context.textAlign = "center";
  for (let step = 0; step <= view.last; step += 10) context.fillText(String(step), x(step), HEIGHT - 20);
  context.fillText("step", (EDGE + width) / 2, HEIGHT - 4);
  context.globalAlpha = 1;
  header.panels.forEach((panel, which) => {
    context.strokeStyle = header.colours[which];
    context.lineWidth = 2;
    context.beginPath();
    panel.left[view.rate].forEach((left, step) => {
      if (left === null) return;
      context[step ? "lineTo" : "moveTo"](x(step), y(Math.max(LEAST, Math.min(MOST, left))));
    });
    context.stroke();
  });
  context.fillStyle = theme.text;
  context.fillRect(Math.round(x(view.step)), 10, 1, HEIGHT - 46);
}

function legend(view) {
  view.legend.replaceChildren(
    element("span", "name", "Excess loss that is left, of the first"),
    ...view.header.panels.map((panel, which) => {
      const entry = element("span", "", panel.title), mark = element("i");
      mark.style.background = view.header.colours[which];
      entry.prepend(mark);
      return entry;
    }),
  );
}
