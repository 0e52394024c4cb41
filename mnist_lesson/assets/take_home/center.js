// From a pen's strokes to a picture like MNIST's. Python's center_drawing() has to find the ink in
// a picture; here the pen's path is known, so it is fitted as it is: into 20 × 20, with MNIST's
// width of pen, and its centre of mass in the middle of 28 × 28. So where you draw, and how large,
// makes no difference.
const PEN = 18; // the pen's width on the sheet of 280 × 280
const SIDE = 28; // a picture of MNIST
const BOX = 20; // the longer side of its digits
const STROKE = 2.3; // the width of their strokes
const CENTER = 14.5; // where their centres of mass lie: in the middle of pixel 14
const FINER = 6; // drawn so many times as fine and averaged, so that edges are smooth
const SPECK = 0.02; // a stroke with less than this share of the ink is a slip of the pen

// Make 28 × 28 brightnesses from 0 to 255, or null where nothing is drawn.
function centerDrawing(strokes) {
  const path = withoutSpecks(strokes).flatMap(toLines);
  if (!path.length) return null;
  const across = extent(path.flatMap(([x0, , x1]) => [x0, x1]));
  const down = extent(path.flatMap(([, y0, , y1]) => [y0, y1]));
  const longer = Math.max(across.length, down.length);
  const isDot = longer < PEN / 2;
  const scale = isDot ? 0 : (BOX - STROKE) / longer;

  // Draw it once around the middle of the box, to see where its centre of mass is; then move it
  // there, or as near as no ink is lost.
  const from = [across, down].map(({ low, length }) => (SIDE - scale * length) / 2 - scale * low);
  const mass = centerOfMass(drawFine(path, scale, from));
  const to = from.map((shift, axis) => {
    const { low, length } = [across, down][axis];
    const nearest = STROKE / 2 - scale * low;
    const farthest = SIDE - STROKE / 2 - scale * (low + length);
    return Math.min(Math.max(shift + CENTER - mass[axis], nearest), farthest);
  });
  return shrink(drawFine(path, scale, to));
}

function withoutSpecks(strokes) {
  const areas = strokes.map((stroke) =>
    toLines(stroke).reduce((area, [x0, y0, x1, y1]) => area + PEN * Math.hypot(x1 - x0, y1 - y0), PEN * PEN),
  );
  const total = areas.reduce((a, b) => a + b, 0);
  return strokes.filter((_, i) => areas[i] >= SPECK * total);
}

// Cut a stroke into straight lines [x0, y0, x1, y1]; a dot is a line to itself.
function toLines(stroke) {
  if (stroke.length === 2) return [[...stroke, ...stroke]];
  const lines = [];
  for (let i = 2; i < stroke.length; i += 2) lines.push(stroke.slice(i - 2, i + 2));
  return lines;
}

function extent(numbers) {
  const [low, high] = numbers.reduce(([l, h], n) => [Math.min(l, n), Math.max(h, n)], [Infinity, -Infinity]);
  return { low, length: high - low };
}

// Draw the path with a round pen onto a fine grid: 1 is ink, 0 is paper, edges lie between.
function drawFine(path, scale, [right, below]) {
  const side = SIDE * FINER;
  const radius = (STROKE / 2) * FINER;
  const fine = new Float32Array(side * side);
  const inside = (v) => Math.max(0, Math.min(side - 1, Math.floor(v)));
  for (const [a, b, c, d] of path) {
    const [x0, x1] = [a, c].map((x) => (scale * x + right) * FINER);
    const [y0, y1] = [b, d].map((y) => (scale * y + below) * FINER);
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length2 = dx * dx + dy * dy || 1;
    const lastRow = inside(Math.max(y0, y1) + radius + 1);
    const lastColumn = inside(Math.max(x0, x1) + radius + 1);
    for (let row = inside(Math.min(y0, y1) - radius - 1); row <= lastRow; row++)
      for (let column = inside(Math.min(x0, x1) - radius - 1); column <= lastColumn; column++) {
        const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
        const along = Math.max(0, Math.min(1, (px * dx + py * dy) / length2));
        const away = Math.hypot(px - along * dx, py - along * dy);
        const ink = Math.max(0, Math.min(1, radius - away + 0.5));
        const i = row * side + column;
        fine[i] = Math.max(fine[i], ink);
      }
  }
  return fine;
}

// The point on which the ink would balance, in pixels of the small picture.
function centerOfMass(fine) {
  const side = SIDE * FINER;
  let [x, y, mass] = [0, 0, 0];
  fine.forEach((ink, i) => {
    mass += ink;
    x += ink * ((i % side) + 0.5);
    y += ink * (Math.floor(i / side) + 0.5);
  });
  return [x / mass / FINER, y / mass / FINER];
}

// Each pixel of the small picture becomes as bright as the share of it that is ink.
function shrink(fine) {
  const side = SIDE * FINER;
  const bright = new Float32Array(SIDE * SIDE);
  fine.forEach((ink, i) => {
    const [row, column] = [Math.floor(i / side / FINER), Math.floor((i % side) / FINER)];
    bright[row * SIDE + column] += ink / FINER ** 2;
  });
  return Array.from(bright, (share) => Math.round(255 * share));
}
