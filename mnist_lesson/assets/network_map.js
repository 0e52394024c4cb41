// The living picture: a whole network with one digit in it. network_sums.js and network_layout.js stand before this
// text; Python sends the weights once and each digit's outputs; all that a pointer asks for is worked out here.
//
// Two canvases lie on each other: `base` holds the picture, `over` what the pointer lights up. Keyboard users have a
// button for each stage, which arrow keys move from map to map.
const CORNER = 3;
const [PLAY, GO_ON, PAUSE] = ["▶ Play", "▶ Go on", "❚❚ Pause"];
const INVITATION = "Point at any pixel to see what made it. Click a map to see it large.";
const DURATIONS = { conv: 2600, max: 1600, mean: 1600 }; // ms of film for each kind of stage
const LINES = 130; // between two stages, at most: more would be fog
const FEW_LINES = 70; // where they move, or where only the strongest matter

const filled = (part) => clamp((part - 0.25) / 0.7, 0, 1); // of a stage's maps, when the film has come so far with it

function render({ model, el }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const play = make("button", { type: "button", className: "jupyter-button mod-primary", textContent: PLAY });
  const step = make("button", { type: "button", className: "jupyter-button", textContent: "Step ▸" });
  const caption = make("div", { className: "lm-map-caption" });
  const answer = make("div", { className: "lm-answer lm-map-answer" });
  const base = make("canvas", { className: "lm-map-base" });
  const over = make("canvas", { className: "lm-map-over" });
  base.setAttribute("role", "img");
  over.setAttribute("aria-hidden", "true");
  const cursors = make("div", { className: "lm-map-cursors" });
  const large = make("div", { className: "lm-map-large", hidden: true });
  const stageBox = make("div", { className: "lm-map-stage" }, base, over, cursors, large);
  const numbers = make("div", { className: "lm-map-numbers" });
  const spoken = make("div", { className: "lm-map-spoken" });
  spoken.setAttribute("aria-live", "polite");
  const sign = (colour, words) => {
    const mark = make("i");
    mark.style.background = `var(${colour})`;
    return make("span", {}, mark, words);
  };
  const key = make(
    "div",
    { className: "lm-map-key" },
    sign("--lm-map-2", "a large number"),
    sign("--lm-for", "adds to the next"),
    sign("--lm-against", "takes away"),
    sign("--lm-orange", "the window"),
  );
  // One button plays: what, is chosen beside it, where there was a training to watch.
  const tab = (name) => make("button", { type: "button", className: "jupyter-button", textContent: name });
  const tabs = [tab("Watch it read"), tab("Watch it learn")];
  const choice = make("div", { className: "lm-map-tabs" }, ...tabs);
  const slider = make("input", { type: "range", className: "lm-map-slider", min: 0, step: 1 });
  slider.setAttribute("aria-label", "How far the training has got");
  const moment = make("output", { className: "lm-map-moment" });
  const training = make("div", { className: "lm-map-training" }, slider, moment);
  const bar = make("div", { className: "lm-row lm-map-bar" }, choice, play, step, training, caption, answer);
  const root = make("div", { className: "lm-map" }, bar, stageBox, numbers, spoken);
  el.appendChild(root);

  let net, palette, places, atlases, lines;
  let size = [0, 0];
  let film = null; // { stage, since, playing, part }: up to where the digit has travelled
  let chosen = null; // the number that is explained
  let held = null; // the neuron that one clicked on: pointing elsewhere doesn't lose it
  let slept = false; // was it asleep before one drew?
  let woken = false; // and has the drawing woken it up?
  let channel = null; // which map's products are written out; null is the strongest
  let blank = false; // is there no digit? Then nothing has come through, though biases alone would say much
  let lit = false; // does the overlay show?
  let opened = false; // is a map shown large?
  let frame = 0;
  let retry = 0;
  let stale = true; // must the picture itself be drawn again, or only what the pointer lights up?

  // -- What Python sent

  const floats = (name) => {
    const view = model.get(name);
    return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  };

  function takeNetwork() {
    net = unpack(model.get("network"), floats("weights"), floats("outputs"));
    hold(null); // another network's neurons are others
    placeCursors();
    takeOutputs();
  }

  function takeOutputs() {
    const digit = net.stages[0].values;
    net = unpack(model.get("network"), net.weights, floats("outputs"));
    const changed = net.stages[0].values.some((pixel, n) => pixel !== digit[n]);
    const all = net.stages.map((_, number) => (number ? linesInto(net, number) : []));
    const last = net.stages.length - 1;
    lines = { all, ...weighLines(net, all, last, net.stages[last].values) };
    const wasBlank = blank; // then nothing was chosen that one saw
    sayAnswer();
    if (changed && !film && !woken) caption.textContent = blank ? "" : INVITATION; // not the last film's words
    watchSleeper();
    choose(held ?? ((!wasBlank && stillWorth(chosen, changed)) || firstChoice()), { light: lit });
    repicture();
  }

  // What was chosen stays, unless another digit leaves its pixel dark, which explains little: then its map's strongest
  // pixel does. Returns nothing if all of its map is dark, unless that is shown large.
  function stillWorth(place, changed) {
    const stage = net.stages[place?.number];
    if (!stage || place.map >= stage.shape[2]) return null;
    const glows = ({ row, column }) => Math.abs(valueAt(stage, place.map, row, column)) > 0.1 * stage.most;
    if (!changed || stage.shape[0] === 1 || glows(place)) return place;
    const best = at(place.number, place.map);
    return opened || glows(best) ? best : null;
  }

  const isAsleep = ({ number, map }) => !valueAt(net.stages[number], map, 0, 0);

  function hold(place) {
    held = place && net.stages[place.number].shape[0] === 1 ? place : null;
    slept = held && isAsleep(held);
    watchSleeper();
    redraw();
  }

  // The end of a hunt: a neuron that slept through the last picture, and that one's own drawing wakes.
  function watchSleeper() {
    const drawn = !model.get("label"); // a picture has a number, and a blank sheet asks for a digit
    if (held && !drawn && !blank) slept = isAsleep(held);
    const before = woken;
    woken = Boolean(held && slept && drawn && !isAsleep(held));
    if (woken === before) return; // it's said once, however long one draws on
    const heading = make("b", {}, "★ It's awake!");
    const cheer = make("div", {}, heading, ` You woke neuron ${held?.map}.`);
    caption.replaceChildren(woken ? make("div", { className: "lm-said lm-is-guessed" }, cheer) : blank ? "" : INVITATION);
    if (woken) spoken.textContent = cheer.textContent;
  }

  // To begin with, the pixel of the first convolution that lights up most.
  function firstChoice() {
    const number = Math.min(1, net.stages.length - 1);
    const stage = net.stages[number];
    let [best, map] = [-1, 0];
    for (let m = 0; m < stage.shape[2]; m++) {
      const value = valueAt(stage, m, ...brightest(stage, m));
      if (value > best) [best, map] = [value, m];
    }
    return at(number, map);
  }

  const at = (number, map) => {
    const [row, column] = brightest(net.stages[number], map);
    return { number, map, row, column };
  };

  function sayAnswer() {
    const { values } = net.stages.at(-1);
    const best = values.indexOf(Math.max(...values));
    const sure = values[best];
    blank = !net.stages[0].values.some(Boolean);
    play.disabled = step.disabled = blank;
    if (blank) {
      film = null;
      play.textContent = PLAY;
      close();
    }
    const open = blank || film; // the film keeps the answer until the digit has arrived
    numbers.style.visibility = blank ? "hidden" : "";
    const look = "lm-answer-sign" + (open || sure < 0.6 ? " lm-unsure" : "");
    const sign = make("span", { className: look, textContent: open ? "?" : best });
    const words = make("span", { className: "lm-answer-words" });
    if (!blank) words.append(`It reads ${aDigit(best)}, ${percent(sure)} sure.`, make("br"));
    words.append(model.get("label"));
    words.style.visibility = film ? "hidden" : ""; // they keep their room, so that nothing jumps
    answer.replaceChildren(sign, words);
    if (film) return;
    base.setAttribute("aria-label", `${net.name}: ${net.stages.length} stages from the digit to ten answers. ` +
      `It reads ${aDigit(best)}, ${percent(sure)} sure. Tab goes from stage to stage, arrow keys from map to map.`);
  }

  // -- Drawing

  function fit() {
    const width = Math.max(320, stageBox.clientWidth);
    // Where it's narrow, the maps of a layer stand in fewer columns, and so need more height. But the sum below should
    // be seen together with the pixel, on a school's laptop, too: so a low window makes a lower picture.
    const narrow = width < 900;
    const wanted = narrow ? clamp(1220 - width, 400, 660) : clamp(width * 0.43, 400, 580);
    const height = Math.round(Math.max(narrow ? 390 : 350, Math.min(wanted, innerHeight - (narrow ? 520 : 490))));
    const ratio = window.devicePixelRatio || 1;
    if (size[0] === width && size[1] === height && base.width === Math.round(width * ratio)) return;
    size = [width, height];
    stageBox.style.height = `${height}px`;
    for (const canvas of [base, over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    places = null;
    stale = true;
  }

  function redraw() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  function repicture() {
    stale = true;
    redraw();
  }

  function draw(now) {
    frame = 0;
    if (!root.isConnected) return; // scrolled far away; the ResizeObserver calls again when it is back
    palette ??= readPalette(root);
    if (!palette || !stageBox.clientWidth) {
      retry = setTimeout(redraw, 300); // the style or the room for it comes a little later
      return;
    }
    fit();
    if (!numbers.hasChildNodes()) choose(chosen, { light: false });
    if (!places) {
      places = layOut(net.stages, ...size);
      moveCursors();
    }
    atlases ??= net.stages.map((stage, number) => (places[number].neurons ? null : paintMaps(stage, palette)));
    if (film?.playing) roll(now);
    if (stale || film?.playing) drawBase();
    stale = false;
    drawOver();
    if (film?.playing) redraw();
  }

  function penOf(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.clearRect(0, 0, ...size);
    return pen;
  }

  // How far the film has come with a stage: 0 nothing, 1 all.
  const shown = (number) => (blank ? 0 : !film || number < film.stage ? 1 : number > film.stage ? 0 : film.part);

  function drawBase() {
    const pen = penOf(base);
    for (let number = 1; number < net.stages.length; number++) drawLines(pen, number, shown(number));
    net.stages.forEach((_, number) => drawStage(pen, number, shown(number)));
    if (film?.playing && film.part < 1) {
      drawTravellers(pen, film.stage, film.part); // above the tiles
      drawWindows(pen, film.stage, film.part);
    }
  }

  function drawHead(pen, number) {
    const { x, width } = places[number];
    const { name, shape } = net.stages[number];
    const [tall, wide, count] = shape;
    const roomy = size[0] > 900;
    // The outermost names would stick out, so they begin or end with their stage.
    const [side, middle] =
      number === 0 ? ["left", x] : number === net.stages.length - 1 ? ["right", x + width] : ["center", x + width / 2];
    pen.textAlign = side;
    pen.font = `650 ${roomy ? 14 : 12}px ${palette.font}`;
    pen.fillStyle = palette.ink;
    pen.fillText(name, middle, 16);
    pen.font = `${roomy ? 12 : 11}px ${palette.font}`;
    pen.fillStyle = palette.soft;
    const neurons = tall * wide === 1;
    const sides = `${tall} × ${wide}`;
    const short = number ? count : sides;
    const long = neurons ? `${count} neurons` : number ? `${count} maps, ${sides}` : sides;
    pen.fillText(roomy ? long : short, middle, 32);
  }

  function drawStage(pen, number, part) {
    drawHead(pen, number);
    const place = places[number];
    for (let map = 0; map < place.boxes.length; map++) drawTile(pen, number, map, part);
  }

  // One map, neuron or answer; `part` of it from the top, as the film fills it in.
  function drawTile(pen, number, map, part, alpha = 1) {
    const stage = net.stages[number];
    const place = places[number];
    const [x, y, wide, tall] = place.boxes[map];
    pen.globalAlpha = alpha;
    if (place.answers) drawAnswer(pen, stage, map, [x, y, wide, tall], part);
    else if (place.neurons) {
      const value = stage.values[map];
      const share = stage.least < 0 ? (value / stage.most + 1) / 2 : value / stage.most;
      const ramp = stage.least < 0 ? palette.signed : palette.lit;
      const lightness = clamp(share * ease(part), 0, 1);
      if (stage.least >= 0) halo(pen, x + wide / 2, y + tall / 2, wide / 2, lightness);
      circle(pen, x + wide / 2, y + tall / 2, wide / 2 - 0.5, ramp[Math.round(255 * lightness)]);
    } else {
      const [height, width] = stage.shape;
      pen.fillStyle = `rgb(${palette.lit[0].join()})`;
      pen.fillRect(x, y, wide, tall);
      const rows = Math.round(height * filled(part));
      if (rows) pen.drawImage(atlases[number], map * width, 0, width, rows, x, y, wide, (tall * rows) / height);
      pen.strokeStyle = palette.edge;
      pen.lineWidth = 1;
      pen.strokeRect(x - 0.5, y - 0.5, wide + 1, tall + 1);
    }
    pen.globalAlpha = 1;
  }

  function circle(pen, x, y, radius, fill) {
    pen.beginPath();
    pen.arc(x, y, Math.max(radius, 1), 0, 7);
    pen.fillStyle = `rgb(${fill.join()})`;
    pen.fill();
    pen.strokeStyle = palette.edge;
    pen.lineWidth = 1;
    pen.stroke();
  }

  // What fires, glows.
  function halo(pen, x, y, radius, strength) {
    if (strength < 0.15) return;
    const reach = radius * (1.4 + strength);
    const light = pen.createRadialGradient(x, y, radius * 0.6, x, y, reach);
    const [red, green, blue] = palette.lit[150];
    light.addColorStop(0, `rgba(${red},${green},${blue},${(0.65 * strength).toFixed(2)})`);
    light.addColorStop(1, `rgba(${red},${green},${blue},0)`);
    pen.fillStyle = light;
    pen.beginPath();
    pen.arc(x, y, reach, 0, 7);
    pen.fill();
  }

  // An answer: its neuron, its digit, and a bar as long as its probability.
  function drawAnswer(pen, stage, map, [x, y, wide, tall], part) {
    const value = stage.values[map] * ease(part);
    const best = stage.values[map] === Math.max(...stage.values) && part > 0.6;
    const middle = y + tall / 2;
    const radius = Math.min(tall / 2 - 2, wide / 9);
    halo(pen, x + radius + 1, middle, radius, clamp(value, 0, 1));
    circle(pen, x + radius + 1, middle, radius, palette.lit[Math.round(255 * clamp(value, 0, 1))]);
    pen.textAlign = "left";
    pen.font = `${best ? 750 : 500} ${best ? 22 : 16}px ${palette.font}`;
    pen.fillStyle = best ? palette.blue : palette.ink;
    const sign = x + 2 * radius + 8;
    pen.fillText(map, sign, middle + (best ? 8 : 6));
    const from = sign + 20;
    const room = x + wide - from;
    pen.fillStyle = best ? palette.blue : palette.pale;
    pen.beginPath();
    pen.roundRect(from, middle - 6, Math.max(1, (room - (room > 90 ? 62 : 4)) * value), 12, CORNER);
    pen.fill();
    if (room > 90) {
      pen.fillStyle = best ? palette.blue : palette.soft;
      pen.font = `${best ? 700 : 400} 12px ${palette.font}`;
      pen.textAlign = "right";
      pen.fillText(part > 0.6 ? percent(stage.values[map]) : "", x + wide, middle + 4);
    }
  }

  // -- Lines

  // A line from the right side of a box to the left side of another, bent so that it leaves and arrives level.
  function pathOf(from, to) {
    const [x1, y1] = [from[0] + from[2], from[1] + from[3] / 2];
    const [x2, y2] = [to[0], to[1] + to[3] / 2];
    const bend = Math.max(16, (x2 - x1) * 0.5);
    return [x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2];
  }

  function pointOn([x1, y1, x2, y2, x3, y3, x4, y4], t) {
    const u = 1 - t;
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return [a * x1 + b * x2 + c * x3 + d * x4, a * y1 + b * y2 + c * y3 + d * y4];
  }

  function strokeLine(pen, path, strength, alpha, part = 1) {
    const power = Math.abs(strength);
    pen.strokeStyle = `rgba(${strength < 0 ? palette.against : palette.for},${(alpha * (0.05 + 0.95 * power)).toFixed(3)})`;
    pen.lineWidth = 0.5 + 2.5 * power * power;
    pen.beginPath();
    pen.moveTo(path[0], path[1]);
    if (part >= 1) pen.bezierCurveTo(...path.slice(2));
    else for (let n = 1; n <= 16; n++) pen.lineTo(...pointOn(path, (n / 16) * part));
    pen.stroke();
  }

  function drawLines(pen, number, part) {
    if (!part) return;
    const grown = ease(clamp(part / 0.35, 0, 1));
    const travelling = film?.playing && part < 1;
    // The strongest come last, and so lie on top.
    for (const { from, to, strength } of lines.drawn[number].slice(0, LINES).reverse()) {
      const path = pathOf(places[number - 1].boxes[from], places[number].boxes[to]);
      strokeLine(pen, path, strength, travelling ? 0.9 : 0.75, grown);
    }
  }

  // What is on its way: small copies of the maps run ahead on the strongest lines, from neurons sparks.
  function drawTravellers(pen, number, part) {
    const way = ease(clamp(part / 0.4, 0, 1));
    const before = net.stages[number - 1];
    const [height, width] = before.shape;
    pen.globalAlpha = 1 - clamp((part - 0.35) / 0.15, 0, 1);
    for (const { from, to, strength } of lines.drawn[number].slice(0, FEW_LINES)) {
      const path = pathOf(places[number - 1].boxes[from], places[number].boxes[to]);
      const [x, y] = pointOn(path, way);
      if (places[number - 1].neurons) circle(pen, x, y, 1.5 + 3 * Math.abs(strength), palette.lit[170]);
      else {
        const side = Math.min(30, places[number - 1].boxes[from][2] * (1 - 0.6 * way));
        pen.drawImage(atlases[number - 1], from * width, 0, width, height, x - side / 2, y - side / 2, side, side);
      }
    }
    pen.globalAlpha = 1;
  }

  // The film's sliding windows: on every map that goes in, at the row that is being filled in.
  function drawWindows(pen, number, part) {
    const stage = net.stages[number];
    const before = net.stages[number - 1];
    if (stage.shape[0] * stage.shape[1] === 1) return;
    const [height, width] = stage.shape;
    const done = Math.min(filled(part), 0.999) * height;
    const [row, column] = [Math.floor(done), Math.floor((done % 1) * width)];
    pen.strokeStyle = palette.orange;
    pen.lineWidth = number === 1 ? 3 : 1.5;
    for (const box of places[number - 1].boxes) pen.strokeRect(...partOf(box, before, windowOf(stage, row, column)));
    for (const box of places[number].boxes) pen.strokeRect(...partOf(box, stage, [row, column, 1, 1]));
  }

  // -- What the pointer lights up

  function drawOver() {
    const pen = penOf(over);
    if (held) frameAround(pen, places[held.number].boxes[held.map], 3, 1);
    if (!lit || !chosen || blank || film?.playing) return;
    const { number, map } = chosen;
    const about = chosen.about;
    const stage = net.stages[number];
    pen.globalAlpha = 0.82;
    pen.fillStyle = palette.night;
    pen.fillRect(0, 40, size[0], size[1] - 40);
    pen.globalAlpha = 1;
    const box = places[number].boxes[map];
    const pixel = places[number].answers ? box : partOf(box, stage, [chosen.row, chosen.column, 1, 1]);
    if (number > 0) {
      const [tall, wide] = net.stages[0].shape;
      if (about.patches[0][2] * about.patches[0][3] < tall * wide * 0.75) drawCone(pen, about, pixel);
      const largest = Math.max(...about.shares.map(Math.abs)) || 1;
      const shares = [...about.shares.entries()].sort((a, b) => Math.abs(a[1]) - Math.abs(b[1]));
      for (const [from] of shares) drawTile(pen, number - 1, from, 1, 0.25 + (0.75 * Math.abs(about.shares[from])) / largest);
      for (const [from, share] of shares) {
        const strength = share / largest;
        if (Math.abs(strength) < 0.01) continue;
        const window = partOf(places[number - 1].boxes[from], net.stages[number - 1], about.patches[number - 1]);
        strokeLine(pen, pathOf(window, pixel), strength, 1);
        frameAround(pen, window, Math.abs(strength) > 0.3 ? 2 : 1, 0.25 + 0.75 * Math.abs(strength));
      }
    }
    const neuron = stage.shape[0] * stage.shape[1] === 1;
    if (neuron) drawPath(pen, number - 1, about.shares);
    votesOf(net, number, map)?.forEach((vote, answer, votes) => {
      strokeLine(pen, pathOf(box, places[number + 1].boxes[answer]), vote / Math.max(...votes.map(Math.abs)), 1);
      drawTile(pen, number + 1, answer, 1);
    });
    for (let n = number - 2; n >= 0; n--) {
      const whole = about.patches[n][2] === net.stages[n].shape[0]; // a frame around all would say nothing
      places[n].boxes.forEach((earlier, other) => {
        if (!neuron || n === 0) drawTile(pen, n, other, 1, n === 0 ? 1 : 0.3);
        if (!whole || n === 0) frameAround(pen, partOf(earlier, net.stages[n], about.patches[n]), n === 0 ? 3 : 1, n === 0 ? 1 : 0.45);
      });
    }
    drawTile(pen, number, map, 1);
    frameAround(pen, box, 2, 1);
    if (!places[number].answers && !places[number].neurons) frameAround(pen, pixel, 2, 1);
  }

  // What led to a neuron, back to the digit: the strong lines again, weighed by what they do for this one.
  function drawPath(pen, number, shares) {
    const ways = weighLines(net, lines.all, number, shares);
    for (let n = number; n > 0; n--) {
      const strongest = ways.drawn[n].slice(0, FEW_LINES).reverse();
      for (const { from, to, strength } of strongest) {
        strokeLine(pen, pathOf(places[n - 1].boxes[from], places[n].boxes[to]), strength, 0.9);
      }
      const most = Math.max(...ways.weights[n - 1]) || 1;
      if (n > 1) places[n - 1].boxes.forEach((_, map) => drawTile(pen, n - 1, map, 1, 0.2 + (0.8 * ways.weights[n - 1][map]) / most));
    }
  }

  function frameAround(pen, [x, y, wide, tall], thick, alpha) {
    pen.globalAlpha = alpha;
    pen.strokeStyle = palette.orange;
    pen.lineWidth = thick;
    pen.strokeRect(x - thick / 2, y - thick / 2, wide + thick, tall + thick);
    pen.globalAlpha = 1;
  }

  // The way back: a beam from the patch of the digit to the pixel that sees it.
  function drawCone(pen, about, [x, y, , tall]) {
    const patch = partOf(places[0].boxes[0], net.stages[0], about.patches[0]);
    const beam = pen.createLinearGradient(patch[0] + patch[2], 0, x, 0);
    const [red, green, blue] = palette.orange.match(/\d+/g);
    beam.addColorStop(0, `rgba(${red},${green},${blue},0.34)`);
    beam.addColorStop(1, `rgba(${red},${green},${blue},0.05)`);
    pen.fillStyle = beam;
    pen.beginPath();
    pen.moveTo(patch[0] + patch[2], patch[1]);
    pen.lineTo(x, y);
    pen.lineTo(x, y + tall);
    pen.lineTo(patch[0] + patch[2], patch[1] + patch[3]);
    pen.fill();
  }

  // -- Choosing

  const isChosen = (place) => chosen && ["number", "map", "row", "column"].every((key) => chosen[key] === place[key]);

  function choose(place, { light = true, speak = false } = {}) {
    if (!isChosen(place)) channel = null;
    const about = explain(net, place.number, place.map, place.row, place.column);
    chosen = { ...place, about };
    lit = light;
    if (palette) numbers.replaceChildren(...explainInNumbers());
    if (opened) drawLarge();
    if (speak) spoken.textContent = sentence();
    redraw();
  }

  const nameOf = (number, map) => {
    const { name, shape } = net.stages[number];
    if (number === 0) return "the digit";
    if (number === net.stages.length - 1) return `the answer ${map}`;
    return `${name}, ${shape[0] * shape[1] === 1 ? "neuron" : "map"} ${map}`;
  };

  // Whom a neuron votes for, and whom against.
  function taste(number, map) {
    const votes = votesOf(net, number, map);
    if (!votes) return "";
    const [loved, hated] = [Math.max, Math.min].map((pick) => votes.indexOf(pick(...votes)));
    return `loves ${loved}s, hates ${hated}s${valueAt(net.stages[number], map, 0, 0) ? "" : ", asleep now"}`;
  }

  function sentence() {
    const { number, map, row, column, about } = chosen;
    const stage = net.stages[number];
    const where = stage.shape[0] * stage.shape[1] === 1 ? "" : `, row ${row}, column ${column}`;
    const name = `${nameOf(number, map)} of ${stage.shape[2]}${where}`;
    if (!number) return `${name}: ${written(about.value)}.`;
    const [top, left, tall, wide] = about.patches[0];
    const seen = `It sees rows ${top} to ${top + tall - 1} and columns ${left} to ${left + wide - 1} of the digit.`;
    if (stage.kind !== "conv") return `${name}: ${stage.kind} of ${about.pixels.length} is ${written(about.value)}. ${seen}`;
    const steps = about.steps.map(([step, value]) => `${STEPS[step] ?? step} gives ${written(value)}`).join(", ");
    const sum = `${about.products.length} products add up to ${written(about.sum)}, with the bias ${written(about.bias)} `;
    return `${name}: ${sum}that is ${written(about.sum + about.bias)}; ${steps || "nothing else is done"}. ${taste(number, map) || seen}`;
  }

  // -- The numbers below the picture

  const figure = (picture, ...words) =>
    make("figure", { className: "lm-map-figure" }, picture, make("figcaption", {}, ...words));

  // Enlarge a small painted canvas, and draw frames of its pixels on it.
  function enlarge(small, width, frames = [], stage = null) {
    const height = Math.round((width * small.height) / small.width);
    const canvas = make("canvas", { width: 2 * width, height: 2 * height });
    canvas.style.cssText = `width: ${width}px; height: ${height}px`;
    canvas.setAttribute("aria-hidden", "true");
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.scale(2, 2);
    pen.drawImage(small, 0, 0, width, height);
    for (const patch of frames) {
      // Around a pixel at the edge, the frame would be cut off: there it lies on the pixel.
      const [x, y, wide, tall] = partOf([0, 0, width, height], stage, patch);
      const [left, top] = [Math.max(x, 2), Math.max(y, 2)];
      const [right, bottom] = [Math.min(x + wide, width - 2), Math.min(y + tall, height - 2)];
      frameAround(pen, [left, top, right - left, bottom - top], 2, 1);
    }
    return canvas;
  }

  function oneMap(number, map) {
    const stage = net.stages[number];
    const [height, width, count] = stage.shape;
    const value = (n) => stage.values[n * count + map];
    return paintNumbers(width, height, value, stage.most, rampFor(stage, palette), stage.least < 0);
  }

  // How much a map found: who looks for a blank one hears when it is.
  function awake(number, map) {
    if (!number) return "";
    const stage = net.stages[number];
    const pixels = stage.shape[0] * stage.shape[1];
    let count = 0;
    for (let n = 0; n < pixels; n++) count += stage.values[n * stage.shape[2] + map] > 0;
    return count ? `${count} of ${pixels} pixels awake` : "completely blank!";
  }

  function explainInNumbers() {
    const { number, map, about } = chosen;
    const stage = net.stages[number];
    const alone = stage.shape[0] * stage.shape[1] === 1;
    const title = make("div", { className: "lm-map-title" }, make("b", {}, nameOf(number, map)));
    if (!alone) title.append(`row ${chosen.row}, column ${chosen.column}`);
    title.append(make("span", { className: "lm-map-value" }, stage.after.at(-1)?.[0] === "softmax" ? percent(about.value) : written(about.value)));
    if (number) title.append(taste(number, map) || `sees ${about.patches[0].slice(2).join(" × ")} of the digit`);
    title.append(key);
    const pieces = [];
    if (stage.kind === "conv") pieces.push(...explainSum(about));
    else if (number) pieces.push(figure(table(about.pixels, stage.window, stage.before), `the block of map ${map}`));
    pieces.push(totals(about));
    const row = make("div", { className: "lm-map-pieces", tabIndex: 0 }, ...pieces); // it may scroll
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "How this number came about");
    return [title, row];
  }

  // All products as colours, and those of one map as numbers.
  function explainSum(about) {
    const { stage, before, shares, pixels, products, map } = about;
    const [tall, wide] = stage.window;
    const depth = before.shape[2];
    const strongest = shares.reduce((best, share, n) => (Math.abs(share) > Math.abs(shares[best]) ? n : best), 0);
    const from = channel ?? strongest;
    const of = (array) => Array.from({ length: tall * wide }, (_, n) => array[n * depth + from]);
    const weights = Array.from({ length: tall * wide }, (_, n) => net.weights[stage.kernel + (n * depth + from) * stage.shape[2] + map]);
    const pieces = [];
    if (depth > 1) pieces.push(allProducts(about, from));
    const [left, middle, right] = [of(pixels), weights, of(products)];
    const source = about.patches.length === 2 ? "the digit" : nameOf(about.patches.length - 2, from);
    const show = tall * wide > 49 ? picture : table;
    const most = Math.max(...right.map(Math.abs)) || 1;
    pieces.push(
      figure(show(left, stage.window, before), source),
      make("span", { className: "lm-map-sign" }, "×"),
      figure(show(middle, stage.window, null, Math.max(...middle.map(Math.abs))), "weights"),
      make("span", { className: "lm-map-sign" }, "="),
      figure(show(right, stage.window, null, most), depth > 1 ? `sum ${written(shares[from])}` : "products"),
    );
    return pieces;
  }

  // Every product as a small coloured pixel, a block for each map; a click writes a block's numbers out.
  function allProducts({ stage, before, products }, from) {
    const [tall, wide] = stage.window;
    const depth = before.shape[2];
    const columns = Math.ceil(Math.sqrt(depth * (tall > 1 ? 1.6 : 2.5)));
    const rows = Math.ceil(depth / columns);
    let most = 0;
    for (const product of products) most = Math.max(most, Math.abs(product));
    const [across, down] = [wide + 1, tall + 1];
    const gap = NaN; // between the blocks: zero's colour
    const value = (n) => {
      const [y, x] = [Math.floor(n / (columns * across)), n % (columns * across)];
      const block = Math.floor(y / down) * columns + Math.floor(x / across);
      const [i, j] = [y % down, x % across];
      return block >= depth || i === tall || j === wide ? gap : products[(i * wide + j) * depth + block];
    };
    const small = paintNumbers(columns * across, rows * down, (n) => value(n) || 0, most || 1, palette.signed, true);
    const frame = [Math.floor(from / columns) * down, (from % columns) * across, tall, wide];
    const canvas = enlarge(small, size[0] < 700 ? 110 : size[0] < 900 ? 150 : clamp(columns * across * 6, 150, 230), [frame], { shape: [rows * down, columns * across] });
    canvas.onclick = (event) => {
      const box = canvas.getBoundingClientRect();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      const block = Math.floor(y * rows) * columns + Math.floor(x * columns);
      if (block < depth) (channel = block), choose(chosen, { light: lit });
    };
    const turn = (by, label) => {
      const button = make("button", { type: "button", className: "lm-map-turn", textContent: by < 0 ? "◂" : "▸" });
      button.setAttribute("aria-label", label);
      button.onclick = () => {
        channel = (from + by + depth) % depth;
        choose(chosen, { light: lit });
        numbers.querySelectorAll(".lm-map-turn")[by < 0 ? 0 : 1].focus();
      };
      return button;
    };
    const count = products.length.toLocaleString("en");
    return figure(canvas, `all ${count} products `, turn(-1, "the map before"), turn(1, "the next map"));
  }

  const shade = (value, before, most) => {
    if (Number.isNaN(value)) return palette.lit[0];
    if (before && before.least >= 0) return rampFor(before, palette)[Math.round(255 * clamp(value / before.most, 0, 1))];
    return palette.signed[Math.round(127.5 * (1 + clamp(value / (before ? before.most : most || 1), -1, 1)))];
  };

  function table(values, [tall, wide], before, most) {
    const body = make("table", { className: "lm-window" });
    for (let i = 0; i < tall; i++) {
      const line = body.insertRow();
      for (let j = 0; j < wide; j++) {
        const value = values[i * wide + j];
        const [red, green, blue] = shade(value, before, most);
        const cell = line.insertCell();
        cell.textContent = written(value);
        // As the eye sees it: up to 0.18, white has the better contrast.
        const [r, g, b] = [red, green, blue].map((part) => (part / 255) ** 2.2);
        const ink = 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff";
        cell.style.cssText = `background: rgb(${red},${green},${blue}); color: ${ink}`;
      }
    }
    return body;
  }

  const picture = (values, [tall, wide], before, most) => {
    const signed = !before || before.least < 0;
    const full = before ? before.most : most;
    const ramp = before ? rampFor(before, palette) : palette.signed;
    return enlarge(paintNumbers(wide, tall, (n) => values[n], full || 1, ramp, signed), 104);
  };

  const STEPS = { norm: "batch normalisation", relu: "ReLU", softmax: "softmax" };

  function totals(about) {
    const { stage, value } = about;
    const lines = [];
    if (stage.kind === "conv") {
      lines.push(["sum of the products", written(about.sum)], ["+ bias", written(about.bias)]);
      if (about.steps.length) lines.push(["=", written(about.sum + about.bias)]);
    } else if (stage.kind !== "input") lines.push([stage.kind === "max" ? "the largest stays" : "the average", written(about.sum)]);
    for (const [name, number] of about.steps) lines.push([STEPS[name] ?? name, name === "softmax" ? percent(number) : written(number)]);
    if (!lines.length) lines.push(["this pixel", written(value)]);
    const body = make("table", { className: "lm-map-totals" });
    for (const [name, number] of lines) {
      const line = body.insertRow();
      line.append(make("th", { scope: "row" }, name), make("td", {}, number));
    }
    if (stage.kind === "conv") body.createCaption().textContent = "all rounded to two places";
    return body;
  }

  // -- A map, large

  function open(place) {
    if (blank) return;
    opened = true;
    large.hidden = false;
    choose(place, { speak: true });
    large.querySelector("canvas").focus({ preventScroll: true });
  }

  function close() {
    if (!opened) return;
    opened = false;
    large.hidden = true;
    lit = false;
    cursors.children[chosen.number].focus({ preventScroll: true });
    redraw();
  }

  function drawLarge() {
    const { number, map, row, column } = chosen;
    const stage = net.stages[number];
    const [height, width] = stage.shape;
    const side = Math.floor(Math.min(size[1] - 96, size[0] * 0.45) / height) * width;
    const picture = enlarge(oneMap(number, map), Math.max(side, 120), [[row, column, 1, 1]], stage);
    picture.removeAttribute("aria-hidden");
    picture.tabIndex = 0;
    picture.setAttribute("role", "application");
    picture.setAttribute("aria-label", `${nameOf(number, map)}, large. Arrow keys go from pixel to pixel, Escape closes.`);
    const pixelAt = (event) => {
      const box = picture.getBoundingClientRect();
      return {
        number,
        map,
        row: clamp(Math.floor(((event.clientY - box.top) / box.height) * height), 0, height - 1),
        column: clamp(Math.floor(((event.clientX - box.left) / box.width) * width), 0, width - 1),
      };
    };
    picture.onpointermove = (event) => {
      const place = pixelAt(event);
      if (place.row !== chosen.row || place.column !== chosen.column) choose(place);
    };
    const focused = large.contains(document.activeElement);
    const title = make("div", { className: "lm-map-title" }, make("b", {}, nameOf(number, map)), awake(number, map));
    const shut = make("button", { type: "button", className: "jupyter-button", textContent: "✕" });
    shut.setAttribute("aria-label", "Close");
    shut.onclick = close;
    large.replaceChildren(make("div", { className: "lm-map-large-head" }, title, shut), picture);
    if (focused) picture.focus({ preventScroll: true });
    // It goes where it covers least of what it explains: on the right of early stages, on the left of late ones.
    const { x, width: wide } = places[number];
    const rightOf = x + wide + 24;
    const fits = rightOf + large.offsetWidth < size[0];
    large.style.left = `${fits ? rightOf : Math.max(8, x - large.offsetWidth - 24)}px`;
  }

  // -- Pointer and keys

  function placeUnder(event) {
    const box = stageBox.getBoundingClientRect();
    return hit(net.stages, places, event.clientX - box.left, event.clientY - box.top);
  }

  stageBox.addEventListener("pointermove", (event) => {
    if (opened || film?.playing || !places || large.contains(event.target)) return;
    const place = placeUnder(event);
    if (!place) {
      if (lit) (lit = false), redraw();
      return;
    }
    if (!lit || !isChosen(place)) choose(place);
  });
  stageBox.addEventListener("pointerleave", () => {
    if (opened || root.contains(document.activeElement) && document.activeElement.matches(":focus-visible")) return;
    if (held) choose(held);
    lit = false;
    redraw();
  });
  stageBox.addEventListener("click", (event) => {
    if (!places || large.contains(event.target)) return;
    const place = placeUnder(event);
    if (!opened) hold(place);
    if (opened) close();
    else if (place && net.stages[place.number].shape[0] > 1) open(place);
    else if (place) choose(place);
  });

  // A button for each stage; arrow keys move it over the maps.
  function placeCursors() {
    cursors.replaceChildren(
      ...net.stages.map((stage, number) => {
        const [tall, wide, count] = stage.shape;
        const cursor = make("button", { type: "button", className: "lm-map-cursor" });
        cursor.dataset.map = 0;
        const neurons = `${count} neurons. Arrow keys choose one.`;
        const maps = `${count > 1 ? `${count} maps` : "1 picture"} of ${tall} × ${wide}. Arrow keys choose one, Enter shows it large.`;
        cursor.setAttribute("aria-label", `${stage.name}: ${tall * wide === 1 ? neurons : maps}`);
        cursor.onfocus = () => cursor.matches(":focus-visible") && moveTo(cursor, number, Number(cursor.dataset.map));
        cursor.onkeydown = (event) => cursorKey(event, cursor, number);
        cursor.onblur = () => {
          if (!opened) (lit = false), redraw();
        };
        return cursor;
      }),
    );
  }

  function moveCursors() {
    [...cursors.children].forEach((cursor, number) => moveCursor(cursor, number));
  }

  function moveCursor(cursor, number) {
    const [x, y, wide, tall] = places[number].boxes[Number(cursor.dataset.map)] ?? places[number].boxes[0];
    cursor.style.cssText = `left: ${x}px; top: ${y}px; width: ${wide}px; height: ${tall}px`;
  }

  function moveTo(cursor, number, map) {
    cursor.dataset.map = map;
    moveCursor(cursor, number);
    hold(at(number, map));
    choose(at(number, map), { speak: true });
  }

  function cursorKey(event, cursor, number) {
    const count = net.stages[number].shape[2];
    const { rows } = places[number];
    const steps = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -rows, ArrowRight: rows, Home: -count, End: count };
    const map = Number(cursor.dataset.map);
    if (event.key in steps) moveTo(cursor, number, clamp(map + steps[event.key], 0, count - 1));
    else if (event.key === "Enter" && net.stages[number].shape[0] > 1) open(at(number, map));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  large.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (event.key === "Escape") close();
    else if (event.key in steps && event.target.tagName === "CANVAS") {
      const [down, across] = steps[event.key];
      const [height, width] = net.stages[chosen.number].shape;
      const row = clamp(chosen.row + down, 0, height - 1);
      const column = clamp(chosen.column + across, 0, width - 1);
      choose({ ...chosen, row, column }, { speak: true });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // -- The film: the digit travels

  function roll(now) {
    const stage = net.stages[film.stage];
    const time = DURATIONS[stage?.kind] ?? 1800;
    film.since ??= now;
    film.part = calm.matches ? 1 : clamp((now - film.since) / time, 0, 1);
    if (film.part < 1) return;
    if (calm.matches && now - film.since < 1500) return;
    if (film.once || film.stage === net.stages.length - 1) halt();
    else beginStage(film.stage + 1);
  }

  function beginStage(number) {
    Object.assign(film, { stage: number, since: null, part: 0 });
    caption.textContent = net.stages[number].says;
    if (calm.matches) spoken.textContent = net.stages[number].says;
  }

  function halt() {
    film.playing = false;
    if (film.stage === net.stages.length - 1 && film.part >= 1) {
      film = null;
      sayAnswer();
      const pop = [{ transform: "scale(0.2)" }, { transform: "scale(1.5)" }, { transform: "scale(1)" }];
      if (!calm.matches) answer.firstChild.animate(pop, { duration: 700, easing: "ease-out" });
    }
    play.textContent = film ? GO_ON : PLAY;
    repicture();
  }

  function start(once) {
    lit = false;
    close();
    if (!film) film = { stage: 0, part: 1 };
    sayAnswer();
    const paused = film.part < 1;
    film.once = once;
    film.playing = true;
    if (!paused) beginStage(film.stage + 1);
    else film.since = performance.now() - film.part * (DURATIONS[net.stages[film.stage].kind] ?? 1800);
    play.textContent = PAUSE;
    redraw();
  }

  // -- The same digit in the course of the training

  let learning = false; // does the button play the training, or the digit's way through the network?
  let watching = null; // the timer while one watches it learn

  function showSnapshot() {
    const names = model.get("snapshots");
    choice.hidden = names.length < 2;
    slider.max = names.length - 1;
    slider.value = model.get("snapshot");
    moment.textContent = names[model.get("snapshot")] ?? "";
    slider.setAttribute("aria-valuetext", moment.textContent);
  }

  function goTo(snapshot) {
    model.set("snapshot", snapshot);
    model.save_changes();
  }

  function stopWatching() {
    clearInterval(watching);
    watching = null;
    if (learning) play.textContent = PLAY;
  }

  function watch() {
    if (watching) return stopWatching();
    const last = model.get("snapshots").length - 1;
    goTo(model.get("snapshot") < last ? model.get("snapshot") : 0);
    play.textContent = PAUSE;
    watching = setInterval(() => {
      if (model.get("snapshot") < last) goTo(model.get("snapshot") + 1);
      else stopWatching();
    }, 1100);
  }

  function choosePlay(number) {
    stopWatching();
    film = null;
    learning = number === 1;
    tabs.forEach((one, place) => {
      one.classList.toggle("mod-active", place === number);
      one.setAttribute("aria-pressed", place === number);
    });
    step.hidden = caption.hidden = learning;
    training.hidden = !learning;
    play.textContent = PLAY;
    caption.textContent = INVITATION;
    if (!net) return; // not here yet
    sayAnswer();
    repicture();
    if (learning) watch();
  }
  tabs.forEach((one, number) => (one.onclick = () => choosePlay(number)));
  slider.oninput = () => {
    stopWatching();
    goTo(Number(slider.value));
  };

  play.onclick = () => (learning ? watch() : film?.playing ? halt() : start(false));
  step.onclick = () => start(true);

  // -- Life and theme

  const repaint = () => {
    palette = atlases = null;
    numbers.replaceChildren(); // drawn again in the new colours
    repicture();
  };
  const themes = new MutationObserver(() => {
    repaint();
    setTimeout(() => root.isConnected && repaint(), 600); // the theme's own file may come after its name
  });
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  const sizes = new ResizeObserver(redraw);
  sizes.observe(stageBox);
  const onOutputs = () => {
    atlases = null;
    if (model.get("network") !== lastNetwork) onNetwork();
    else takeOutputs();
  };
  let lastNetwork = null;
  const onNetwork = () => {
    lastNetwork = model.get("network");
    places = atlases = null;
    takeNetwork();
  };
  model.on("change:outputs", onOutputs);
  model.on("change:snapshot", showSnapshot);
  showSnapshot();
  choosePlay(0);
  onNetwork();
  // For tests and for the curious: what made a number, by value.
  root.explain = (number, map, row, column) => explain(net, number, map, row, column);
  root.stages = () => net.stages;
  root.boxOf = (number, map) => places?.[number].boxes[map];
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(retry);
    stopWatching();
    model.off("change:snapshot", showSnapshot);
    themes.disconnect();
    sizes.disconnect();
    model.off("change:outputs", onOutputs);
  };
}

export default { initialize: listen, render };
