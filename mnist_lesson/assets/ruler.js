// A filter's weights as dots on a ruler. Each glides to its nearest mark; those that meet at a mark pile up.
const [WIDE, HIGH, LINE, SIDE, R] = [960, 200, 140, 40, 7];

function render({ model, el }) {
  const draw = () => {
    const weights = model.get("weights");
    const half = Math.floor(model.get("marks") / 2);
    const most = Math.max(...weights.map(Math.abs)) || 1;
    const x = (share) => WIDE / 2 + share * (WIDE / 2 - SIDE); // share: of the largest weight
    const ticks = Array.from({ length: 2 * half + 1 }, (_, n) => n - half);
    const tick = (mark) => `M${x(mark / half)} ${LINE}v${mark ? 12 : 22}`;
    const exact = weights.map((w) => `M${x(w / most)} ${LINE + 28}v8`); // where it was
    const taken = []; // places of dots so far
    const places = weights.map((w) => {
      const across = x(Math.round((w / most) * half) / half);
      let up = LINE - R - 2;
      while (taken.some(([a, b]) => Math.hypot(a - across, b - up) < 2 * R - 0.5)) up -= 2;
      taken.push([across, up]);
      return [across, up];
    });
    const error = Math.max(...weights.map((w) => Math.abs(w - (Math.round((w / most) * half) / half) * most)));
    const alt = `${weights.length} weights on a ruler with ${2 * half + 1} marks; rounding moved them by ${error.toFixed(3)} at most.`;
    if (el.querySelectorAll("circle").length !== weights.length) {
      el.innerHTML = `<svg viewBox="0 0 ${WIDE} ${HIGH}" class="lm-chart lm-ruler" role="img"><path class="lm-ruler-marks"/><path class="lm-ruler-exact"/>
        <text x="0" y="22">${weights.length} weights, each at its nearest mark (orange: before)</text>
        ${weights.map(() => `<circle r="${R}"/>`).join("")}<text x="${WIDE / 2}" y="${HIGH - 4}" text-anchor="middle">0</text>
        <text class="lm-low-end" x="${SIDE}" y="${HIGH - 4}" text-anchor="middle"></text><text class="lm-high-end" x="${WIDE - SIDE}" y="${HIGH - 4}" text-anchor="middle"></text></svg>`;
    }
    el.querySelector("svg").setAttribute("aria-label", alt);
    el.querySelector(".lm-ruler-marks").setAttribute("d", `M${SIDE} ${LINE}H${WIDE - SIDE}${ticks.map(tick).join("")}`);
    el.querySelector(".lm-ruler-exact").setAttribute("d", exact.join(""));
    el.querySelector(".lm-low-end").textContent = `−${most.toFixed(2)}`;
    el.querySelector(".lm-high-end").textContent = most.toFixed(2);
    const squeeze = Math.min(1, (LINE - 2 * R - 22) / (LINE - Math.min(...places.map(([, up]) => up)))); // a high pile has to fit
    el.querySelectorAll("circle").forEach((dot, n) => {
      const [across, up] = places[n];
      dot.style.transform = `translate(${across}px, ${LINE - R - 2 - (LINE - R - 2 - up) * squeeze}px)`;
    });
  };
  model.on("change", draw);
  draw();
  return () => model.off("change", draw);
}

export default { initialize: listen, render };
