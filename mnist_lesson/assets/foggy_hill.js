// Down in the fog. All of it happens here, in the browser: one is to play it while Python trains.
const [WIDE, HIGH, SKY, FOOT] = [960, 340, 120, 40]; // of the picture, and what stays free above and below a hill
const FLIGHT = 550; // ms for a hop
const STUCK = 0.02; // if no learning rate could move her further, she's stuck
const TREES = [0.06, 0.13, 0.27, 0.36, 0.58, 0.69, 0.83, 0.9, 0.96]; // where they stand, as shares of the width
const WISPS = [0, 1, 2, 3, 4, 5, 6].map((n) => `<ellipse cx="${40 + 150 * n}" cy="${50 + ((n * 97) % 260)}" rx="190" ry="42"/>`);
const PEAKS = "M0 190L110 105L190 165L330 70L470 180L610 90L740 170L860 110L960 180V350H0Z";
const HIKER = `<path d="M11 0V-28" class="lm-hill-stick"/><path d="M-4 0L0-14L5 0" class="lm-hill-legs"/>
  <rect x="-12" y="-32" width="9" height="17" rx="4" fill="var(--lm-purple)"/><rect x="-6" y="-33" width="12" height="20" rx="5" fill="var(--lm-orange)"/>
  <path d="M0-28L10-20" class="lm-hill-arm"/><path d="M0-28L-9-19" class="lm-hill-arm"/>
  <circle cy="-40" r="7" fill="#e8b48c"/><path d="M-9-43Q0-56 9-43Z" class="lm-hill-hat"/>`;
const HUT = `<path d="M-17 2V-18L0-32L17-18V2Z" class="lm-hill-wall"/><path d="M-22-15L0-33L22-15" class="lm-hill-roof"/>
  <path d="M-11-16h8v8h-8Z" fill="#ffd54a"/><path d="M3-14h8v16h-8Z" class="lm-hill-door"/><path d="M12-30v-8q0-6 6-7t5-7" class="lm-hill-smoke"/>`;
const STEPS = Array.from({ length: 21 }, (_, n) => n / 20); // the points of a bow
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const count = (steps) => `${steps} step${steps === 1 ? "" : "s"}`;
const way = (distance) => (distance > 0 ? "right" : "left");
const clamp = (number, low, high) => Math.min(Math.max(number, low), high);

function render({ model, el }) {
  const id = `lm-fog-${Math.random().toString(36).slice(2)}`; // two games on a page need two fogs
  const hills = model.get("hills");
  const rates = model.get("rates");
  const names = hills.map(({ name }, n) => `<button type="button" class="jupyter-button" data-hill="${n}">${name}</button>`);
  el.classList.add("lm-hill");
  el.innerHTML = `<div class="lm-row lm-tight" role="group" aria-label="hill">${names.join("")}<span class="lm-note"></span></div>
    <div class="lm-hill-view"></div>
    <div class="lm-row"><label class="lm-hill-rate">learning rate <input type="range" aria-label="learning rate" max="${rates.length - 1}"> <b></b></label>
      <button type="button" class="jupyter-button" data-do="step">Step</button>
      <button type="button" class="jupyter-button" data-do="again"></button><span class="lm-hill-sum"></span></div>
    <div class="lm-answer"><span class="lm-answer-sign"></span><span class="lm-hill-steps"></span><span class="lm-answer-words" role="status"></span></div>`;
  const part = (selector) => el.querySelector(selector);
  const slider = part("input");
  const spoken = part(".lm-answer-words");
  let flight = 0; // the frame of a hop; 0 while she stands

  const game = () => model.get("game");
  // Never save_changes(): a busy Python would answer late, and its answer would take moves back.
  const keep = (changes) => model.set("game", { ...game(), ...changes });
  const hill = () => hills[game().hill];
  const rate = () => rates[game().rate];
  const mostStars = hills.flatMap(({ fewest }) => fewest).filter(Boolean).length; // one for each start
  const begin = (number, turn) => keep({ hill: number, turn, walk: [hills[number].starts[turn]], end: "" });

  function at(numbers, w) { // of a hill, which comes as numbers at equal distances; between two of them, it's straight
    const place = clamp(w / hill().end, 0, 1) * (numbers.length - 1);
    const left = Math.min(Math.floor(place), numbers.length - 2);
    return numbers[left] + (place - left) * (numbers[left + 1] - numbers[left]);
  }
  const slope = (w) => at(hill().slopes, w);
  const x = (w) => (w / hill().end) * WIDE;
  const unit = () => (HIGH - SKY - FOOT) / (Math.max(...hill().heights) - Math.min(...hill().heights));
  const y = (w) => HIGH - FOOT - (at(hill().heights, w) - Math.min(...hill().heights)) * unit();
  const inside = (w) => w >= 0 && w <= hill().end;

  function onBow(from, to, share) { // where a hop is after a share of its time; beyond the edge, it ends in the air
    const [left, right] = [x(from), inside(to) ? x(to) : clamp(x(to), 70, WIDE - 70)];
    const ends = [y(from), inside(to) ? y(to) : 105];
    const top = Math.min(...ends) - 70 - Math.abs(right - left) / 8;
    const rise = (1 - share) ** 2 * ends[0] + 2 * share * (1 - share) * top + share ** 2 * ends[1];
    return [left + share * (right - left), rise];
  }
  function bow(from, to) {
    const points = STEPS.map((share) => onBow(from, to, share).join(" "));
    return `<path d="M${points.join("L")}" class="lm-hill-hop"/>`;
  }
  function felt(w, look) { // how steep it is: a short tilted piece of ground
    const tilt = (Math.atan2(-slope(w) * unit(), WIDE / hill().end) * 180) / Math.PI;
    return `<path d="M-30 0H30" class="${look}" transform="translate(${x(w)} ${y(w)}) rotate(${tilt})"/>`;
  }
  function aim(w) { // an arrow as long as the next step
    if (!slope(w)) return ""; // level ground: no step, no arrow
    const end = clamp(x(w - rate() * slope(w)), 6, WIDE - 6);
    const [height, tip] = [y(w) - 62, end > x(w) ? 8 : -8];
    return `<path d="M${x(w)} ${height}H${end}m${-tip} -6L${end} ${height}l${-tip} 6" class="lm-hill-aim"/>`;
  }
  function stop(w, n, walk) { // with its number, if there's room for one
    const number = n && Math.abs(x(w) - x(walk[n - 1])) < 20 ? "" : n || "start";
    return `<g transform="translate(${x(w)} ${y(w)})"><circle r="4"/><text y="22">${number}</text></g>`;
  }

  const shout = (rightwards) => `<text x="${rightwards ? -22 : 22}" y="-40" text-anchor="${rightwards ? "end" : "start"}">Wheee!</text>`;

  function scene(walk, end) {
    const line = hill().heights.map((_, n, all) => (n / (all.length - 1)) * hill().end).map((w) => `${x(w)} ${y(w)}`);
    const trees = TREES.map((share) => share * hill().end).filter((w) => Math.abs(w - hill().hut) > 0.12);
    const tree = (w) => `<path d="M-9 2L0-24L9 2ZM-7-9L0-31L7-9Z" transform="translate(${x(w)} ${y(w)})" class="lm-hill-tree"/>`;
    const hops = end === "down" ? [...walk.slice(1).map((to, n) => bow(walk[n], to)), ...walk.map(stop)] : [];
    const w = walk.at(-1);
    return `<defs><radialGradient id="${id}-hole"><stop offset="0.4"/><stop offset="1" stop-opacity="0"/></radialGradient>
        <radialGradient id="${id}-wisp"><stop class="lm-hill-wisp"/><stop offset="1" class="lm-hill-wisp" stop-opacity="0"/></radialGradient>
        <mask id="${id}"><rect width="100%" height="110%" fill="#fff"/><circle r="66" fill="url(#${id}-hole)"/></mask></defs>
      <rect width="100%" height="100%" class="lm-hill-sky"/><circle cx="810" cy="62" r="30" class="lm-hill-sun"/><path d="${PEAKS}" class="lm-hill-peaks"/>
      <path d="M-9 ${HIGH + 9}V${y(0)}L${line.join("L")}H${WIDE + 9}V${HIGH + 9}Z" class="lm-hill-ground"/>${trees.map(tree).join("")}
      <g transform="translate(${x(hill().hut)} ${y(hill().hut) + 2}) scale(1.5)">${HUT}</g>
      <g class="lm-hill-fog" mask="url(#${id})"><rect width="100%" height="110%"/><g fill="url(#${id}-wisp)">${WISPS.join("")}</g></g>
      ${walk.slice(0, -1).map((v) => felt(v, "lm-hill-old")).join("")}<g class="lm-hill-walk">${hops.join("")}</g>
      ${end ? "" : felt(w, "lm-hill-felt") + aim(w)}<g class="lm-hill-hiker">${HIKER}${end === "off" ? shout(w > hill().end / 2) : ""}</g>`;
  }

  function draw() {
    const { walk, end, turn, stars } = game();
    const [w, steps] = [walk.at(-1), walk.length - 1];
    const step = -rate() * slope(w);
    const alt = { down: `The fog has lifted: the whole hill, ${count(steps)} down it, and the hut.`, off: "A hiker sails through the air, above the fog." };
    const look = `class="lm-hill-scene lm-hill-${end}" role="img" aria-label="${alt[end] ?? "A hiker in thick fog. You see only the ground under her boots."}"`;
    part(".lm-hill-view").innerHTML = `<svg viewBox="0 0 ${WIDE} ${HIGH}" ${look}>${scene(walk, end)}</svg>`;
    const porch = hill().hut - (44 / WIDE) * hill().end; // beside the hut, or she'd hide its door
    const spot = end === "down" ? porch : w;
    place(end === "off" ? onBow(walk.at(-2), w, 1) : [x(spot), y(spot)]);
    el.querySelectorAll("[data-hill]").forEach((button, number) => {
      button.setAttribute("aria-pressed", number === game().hill);
      button.classList.toggle("mod-active", number === game().hill);
    });
    const fewest = hill().fewest[turn];
    part(".lm-note").textContent = `★ ${stars.length} of ${mostStars}${fewest ? ` · a star from here takes ${count(fewest)}` : ""}`;
    part("[data-do=again]").textContent = end === "down" ? "Again, from somewhere else" : "Start again";
    for (const button of el.querySelectorAll("[data-do]")) button.classList.toggle("mod-primary", (button.dataset.do === "step") === !end);
    part("[data-do=step]").setAttribute("aria-disabled", Boolean(end)); // not disabled: it would lose the focus
    slider.value = game().rate;
    slider.setAttribute("aria-valuetext", rate());
    part("label b").textContent = rate();
    part(".lm-hill-sum").textContent = end ? "" : `step: ${rate()} × ${Math.abs(slope(w)).toFixed(1)} = ${Math.abs(step).toFixed(2)}${step ? ` to the ${way(step)}` : ""}`;
    part(".lm-answer-sign").textContent = steps;
    part(".lm-hill-steps").textContent = steps === 1 ? "step" : "steps";
    const said = words(walk, end, fewest);
    if (spoken.textContent !== said) spoken.textContent = said; // not again at each tick of the slider
  }
  function words(walk, end, fewest) {
    const [before, w] = [walk.at(-2), walk.at(-1)];
    const best = walk.length - 1 > fewest ? `It can be done in ${count(fewest)}.` : "★ Nobody can do it in fewer.";
    if (end === "down") return `Down in ${count(walk.length - 1)}, and the fog lifts! ${best}`;
    if (end === "off") return "Too long a step: off she sails over the edge, waving. (She'll be back if you start again.)";
    if (end === "stuck") return `Level ground, but no hut! She's stuck, because any learning rate times 0 is 0.${fewest ? "" : " Nobody can win this hill."}`;
    const falls = slope(w) ? `falls to the ${way(-slope(w))}` : "is level";
    const now = `The ground ${falls}. Steepness: ${Math.abs(slope(w)).toFixed(1)}.`;
    if (before === undefined) return now;
    const leapt = slope(before) * slope(w) < 0 ? " She leapt across the bottom!" : "";
    return `That took her ${Math.abs(w - before).toFixed(2)} to the ${way(w - before)}.${leapt} ${now}`;
  }
  function place([across, down]) {
    part(".lm-hill-hiker").setAttribute("transform", `translate(${across} ${down})`);
    part("mask circle").setAttribute("transform", `translate(${across} ${down - 12})`);
  }

  function land() {
    cancelAnimationFrame(flight);
    flight = 0;
    draw();
  }
  function step() {
    if (flight) land(); // who's impatient needn't wait for the hop's end
    const { walk, end, stars, hill: number, turn } = game();
    if (end) return;
    const from = walk.at(-1);
    const to = from - rate() * slope(from);
    const down = Math.abs(to - hill().hut) <= model.get("close");
    const stuck = Math.abs(rates.at(-1) * slope(to)) < STUCK;
    flight = -1; // nothing is drawn anew until she lands
    keep({ walk: [...walk, to], end: inside(to) ? (down ? "down" : stuck ? "stuck" : "") : "off" });
    if (down && walk.length <= hill().fewest[turn]) {
      window.lmFogStars = [...new Set([...stars, `${number} ${turn}`])]; // they outlive this game, if its cell is run again
      keep({ stars: window.lmFogStars });
    }
    part(".lm-hill-aim")?.remove();
    const start = performance.now();
    const fly = () => {
      const share = (performance.now() - start) / FLIGHT;
      if (share >= 1 || calm.matches) return land();
      place(onBow(from, to, share));
      flight = requestAnimationFrame(fly);
    };
    fly();
  }

  el.addEventListener("click", ({ target }) => {
    const { hill: number, turn, end } = game();
    if (target.dataset.do === "step") return step();
    if (flight) land();
    if (target.dataset.hill) begin(+target.dataset.hill, 0);
    if (target.dataset.do) begin(number, (turn + (end === "down")) % hill().starts.length);
  });
  slider.addEventListener("input", () => keep({ rate: +slider.value }));
  slider.addEventListener("keydown", (event) => event.key === "Enter" && step());
  if (!game().walk) {
    keep({ rate: 3, stars: window.lmFogStars ?? [] });
    begin(0, 0);
  }
  const redraw = () => flight || draw();
  model.on("change:game", redraw);
  draw();
  return () => {
    cancelAnimationFrame(flight);
    model.off("change:game", redraw);
  };
}

export default { initialize: listen, render };
