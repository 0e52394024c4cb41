// What the living picture is made of: small helpers, colours as the theme has them, and where everything lies.
// network_sums.js stands before this text and network_map.js, which draws, behind it: what is sent to the browser
// is one text, for it has no files beside it that it could import.
const GAMMA = 0.6; // small numbers are shown brighter than they are, as a screen shows a photo's shadows

const clamp = (x, low, high) => Math.max(low, Math.min(high, x));
const ease = (x) => x * x * (3 - 2 * x);
// As words.py says probabilities: softmax is never certain, and nobody says "0.0%".
const percent = (x) => (x >= 0.9995 ? "over 99.9%" : x < 0.0005 ? "0%" : `${(100 * x).toFixed(1)}%`);
const written = (x) => (Number.isNaN(x) ? "·" : x.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−"));

// Make an element: make("div", { className: "x" }, child, "text").
function make(name, settings = {}, ...children) {
  const node = Object.assign(document.createElement(name), settings);
  node.append(...children);
  return node;
}

// ---- Colours -----------------------------------------------------------------------------------------------------

// Read the theme's colours as [red, green, blue]; the canvas itself turns any CSS colour into numbers.
function readPalette(root) {
  if (!getComputedStyle(root).getPropertyValue("--lm-map-0")) return null; // not in the page yet
  const pen = make("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const style = getComputedStyle(root);
  const rgb = (name) => {
    pen.fillStyle = style.getPropertyValue(name).trim() || "#888";
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const mix = (stops, share) => {
    const place = share * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return stops[low].map((part, i) => Math.round(part + (stops[low + 1][i] - part) * (place - low)));
  };
  // 256 colours from nothing to the largest number; or from the lowest over zero to the highest.
  const ramp = (...names) => {
    const stops = names.map(rgb);
    return Array.from({ length: 256 }, (_, n) => mix(stops, (n / 255) ** GAMMA));
  };
  const twoSided = (below, zero, above) => {
    const stops = [below, zero, above].map(rgb);
    return Array.from({ length: 256 }, (_, n) => {
      const share = n / 127.5 - 1;
      return mix(stops, (1 + Math.sign(share) * Math.abs(share) ** GAMMA) / 2);
    });
  };
  const colour = (name) => `rgb(${rgb(name).join()})`;
  return {
    lit: ramp("--lm-map-0", "--lm-map-1", "--lm-map-2", "--lm-map-3"), // nothing … the brightest
    signed: twoSided("--lm-against", "--lm-map-0", "--lm-for"),
    paper: ramp("--lm-map-0", "--lm-map-ink"), // the digit itself
    night: colour("--lm-night"),
    edge: colour("--lm-map-edge"),
    ink: colour("--lm-ink"),
    soft: colour("--lm-soft"),
    pale: colour("--lm-pale"),
    orange: colour("--lm-orange"),
    blue: colour("--lm-blue"),
    for: rgb("--lm-for").join(),
    against: rgb("--lm-against").join(),
    font: style.fontFamily,
  };
}

// Paint numbers into a small canvas, a pixel each. `value(n)` gives the n-th, row by row; `most` the full colour.
function paintNumbers(width, height, value, most, ramp, signed) {
  const canvas = make("canvas", { width, height });
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(width, height);
  for (let n = 0; n < width * height; n++) {
    const share = signed ? (value(n) / most + 1) / 2 : value(n) / most;
    const colour = ramp[Math.round(255 * clamp(share || 0, 0, 1))];
    picture.data[4 * n] = colour[0];
    picture.data[4 * n + 1] = colour[1];
    picture.data[4 * n + 2] = colour[2];
    picture.data[4 * n + 3] = 255;
  }
  pen.putImageData(picture, 0, 0);
  return canvas;
}

// Numbers below zero need two colours, a digit is ink on paper, all else is lit.
const rampFor = (stage, palette) =>
  stage.least < 0 ? palette.signed : stage.kind === "input" ? palette.paper : palette.lit;

// All maps of a stage in one canvas, side by side.
function paintMaps(stage, palette) {
  const [height, width, count] = stage.shape;
  const value = (n) => {
    const [row, across] = [Math.floor(n / (width * count)), n % (width * count)];
    return valueAt(stage, Math.floor(across / width), row, across % width);
  };
  return paintNumbers(width * count, height, value, stage.most, rampFor(stage, palette), stage.least < 0);
}

// ---- Layout ------------------------------------------------------------------------------------------------------

// Where each stage and each of its tiles is, for a picture so many pixels wide and high.
function layOut(stages, width, height) {
  const head = 46; // the names above
  const room = height - head - 8;
  const last = stages.length - 1;
  const between = clamp(width * (width < 700 ? 0.03 : 0.045), 12, 64);
  const ends = { first: clamp(width * 0.14, 64, 196), last: clamp(width * 0.13, 72, 190) };

  // One scale for all: the tiles grow with it. A layer that makes its maps smaller is seen to do so.
  const blockFor = (stage, number, scale) => {
    const [tall, wide, count] = stage.shape;
    if (number === 0) return { columns: 1, rows: count, tile: [ends.first, (ends.first * tall) / wide], gap: 8 };
    if (number === last && count <= 12) {
      const side = Math.min(room / count - 4, 40);
      return { columns: 1, rows: count, tile: [ends.last, side], gap: 4, answers: true };
    }
    const neurons = tall * wide === 1;
    const side = neurons ? clamp(1.4 * scale, 4, 17) : Math.max(scale * Math.sqrt(wide), 7);
    const gap = neurons ? Math.max(1, side * 0.2) : clamp(side * 0.09, 1.5, 5);
    const fit = Math.max(1, Math.floor((room + gap) / (side * (tall / wide) + gap)));
    const columns = Math.ceil(count / fit);
    return { columns, rows: Math.ceil(count / columns), tile: [side, (side * tall) / wide], gap, neurons };
  };
  const widthOf = (block) => block.columns * (block.tile[0] + block.gap) - block.gap;
  const total = (blocks) => blocks.reduce((sum, block) => sum + widthOf(block), between * last);
  let scale = 18;
  let blocks = stages.map((stage, number) => blockFor(stage, number, scale));
  while (total(blocks) > width - 4 && scale > 0.5) {
    scale -= 0.2;
    blocks = stages.map((stage, number) => blockFor(stage, number, scale));
  }

  const spare = Math.max(0, width - 4 - total(blocks)) / Math.max(1, last);
  let x = 2;
  return blocks.map((block, number) => {
    const size = [widthOf(block), block.rows * (block.tile[1] + block.gap) - block.gap];
    const place = { ...block, x, y: head + (room - size[1]) / 2, width: size[0], height: size[1] };
    x += size[0] + between + spare;
    place.boxes = Array.from({ length: stages[number].shape[2] }, (_, map) => {
      const [column, row] = [Math.floor(map / block.rows), map % block.rows];
      const left = place.x + column * (block.tile[0] + block.gap);
      return [left, place.y + row * (block.tile[1] + block.gap), ...block.tile];
    });
    return place;
  });
}

// A digit with its article: a 7, an 8.
const aDigit = (digit) => `${String(digit) === "8" ? "an" : "a"} ${digit}`;

// Which map of a stage is under a point, and which of its pixels; null if none does.
function hit(stages, places, x, y) {
  for (let number = 0; number < stages.length; number++) {
    const place = places[number];
    if (x < place.x - 2 || x > place.x + place.width + 2) continue;
    const column = Math.floor((x - place.x) / (place.tile[0] + place.gap));
    const row = Math.floor((y - place.y) / (place.tile[1] + place.gap));
    const map = column * place.rows + row;
    if (row < 0 || row >= place.rows || column < 0 || map < 0 || map >= place.boxes.length) return null;
    const [left, top, wide, tall] = place.boxes[map];
    const [height, width] = stages[number].shape;
    return {
      number,
      map,
      row: clamp(Math.floor(((y - top) / tall) * height), 0, height - 1),
      column: clamp(Math.floor(((x - left) / wide) * width), 0, width - 1),
    };
  }
  return null;
}

// A part of a box: rows and columns of its map become points of the screen.
function partOf(box, stage, [row, column, height, width]) {
  const [tall, wide] = stage.shape;
  const [across, down] = [box[2] / wide, box[3] / tall];
  return [box[0] + column * across, box[1] + row * down, width * across, height * down];
}
