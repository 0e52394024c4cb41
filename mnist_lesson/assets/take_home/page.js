// The page: from the pen to the answer, and from your correction to the last layer.
const NAMES = "zero one two three four five six seven eight nine".split(" ");
const QUICK = 60; // ms: only a network that reads as fast as this follows the pen while it draws
const GAP = 1.4 * PEN; // from pen to pen: of 7,494 strangers' digits, one at most has such a gap

const part = (id) => document.getElementById(id);
const aDigit = (digit) => `${digit === 8 ? "an" : "a"} ${NAMES[digit]}`;

const packed = JSON.parse(part("network").textContent);
const network = unpackNetwork(packed);
const book = lessonBook(packed.key);
let last = network.layers.at(-1); // the last layer, with what it has learned here

function readPixels(pixels) {
  const features = findFeatures(network, pixels);
  return { features, probabilities: softmax(findScores(features, last)) };
}

function readStrokes(strokes) {
  const picture = centerDrawing(strokes);
  return picture && { picture, ...readPixels(picture.map((v) => v / 255)) };
}

// Sort a number's strokes into its digits, left to right. Between two digits there's clear paper,
// and each is tall: so a five with its flag apart stays one digit.
function digitsOf(strokes) {
  const across = (lines) => extent(lines.flat().filter((_, i) => i % 2 === 0));
  const down = (lines) => extent(lines.flat().filter((_, i) => i % 2));
  const digits = [];
  for (const stroke of [...strokes].sort((a, b) => across([a]).low - across([b]).low)) {
    const before = digits.at(-1);
    const end = before ? across(before).low + across(before).length : -Infinity;
    if (across([stroke]).low - end < GAP) before.push(stroke);
    else digits.push([stroke]);
  }
  const heights = digits.map((digit) => down(digit).length);
  return heights.every((height) => height > Math.max(...heights) / 2) ? digits : [strokes];
}

function learn() {
  const lessons = book.all().map(({ strokes, digit }) => ({ digit, ...readStrokes(strokes) }));
  const readable = lessons.filter((lesson) => lesson.features);
  last = teachLast(network.layers.at(-1), network.usual, readable);
}

// ---- The sheet ----

const sheet = drawingSurface(part("sheet"), { pen: () => PEN, colours, changed });
let slow = false;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return { paper: colour("paper"), ink: colour("ink"), down: colour("warm"), up: colour("accent") };
}

function changed(lifted) {
  part("ghost").classList.toggle("gone", sheet.strokes().length > 0);
  if (!lifted && slow) return;
  const began = performance.now();
  answer();
  slow = performance.now() - began > QUICK;
}

part("undo").addEventListener("click", sheet.undo);
part("clear").addEventListener("click", sheet.clear);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  sheet.paint();
  answer();
});
addEventListener("resize", sheet.paint);

// ---- The answer ----

const bars = NAMES.map((name, digit) => {
  const bar = document.createElement("button");
  bar.type = "button";
  bar.innerHTML = `<i></i><b>${digit}</b>`;
  bar.addEventListener("click", () => teach(digit));
  part("bars").append(bar);
  return bar;
});

function answer(thanks = "") {
  const strokes = sheet.strokes();
  const digits = digitsOf(strokes);
  if (digits.length > 1) return answerNumber(digits);
  const reading = readStrokes(strokes);
  const best = reading ? indexOfMost(reading.probabilities) : null;
  part("digit").style.setProperty("--length", 1);
  part("undo").disabled = part("clear").disabled = !strokes.length;
  part("digit").textContent = reading ? best : "?";
  part("sentence").textContent = thanks || say(reading);
  part("seen").hidden = !reading;
  document.body.classList.toggle("blank", !reading);
  bars.forEach((bar, digit) => {
    const share = reading ? reading.probabilities[digit] : 0;
    bar.disabled = !reading;
    bar.classList.toggle("best", digit === best);
    bar.style.setProperty("--share", share.toFixed(4));
    bar.dataset.share = share >= 0.01 ? `${Math.min(99, Math.round(100 * share))}%` : "";
    bar.ariaLabel = `${digit}, ${NAMES[digit]}: ${Math.round(100 * share)} percent. Press if you meant this.`;
  });
  if (reading) paintPicture(reading.picture, best);
  part("hint").textContent = reading
    ? "Not what you meant? Tap the right digit, and it learns."
    : "Large or small, anywhere on the sheet.";
  tellMemory();
}

// A longer number is read one digit at a time; only a single digit can be corrected.
function answerNumber(digits) {
  const number = digits.map((strokes) => indexOfMost(readStrokes(strokes).probabilities)).join("");
  part("undo").disabled = part("clear").disabled = false;
  part("digit").textContent = number;
  part("digit").style.setProperty("--length", number.length);
  part("sentence").textContent = `That’s ${number}, read one digit at a time.`;
  part("seen").hidden = true;
  document.body.classList.remove("blank");
  for (const bar of bars) {
    bar.disabled = true;
    bar.classList.remove("best");
    bar.style.setProperty("--share", 0);
    bar.dataset.share = "";
  }
  part("hint").textContent = "Draw a single digit to see how sure it is.";
  tellMemory();
}

function indexOfMost(numbers) {
  return numbers.indexOf(Math.max(...numbers));
}

// Say in words how sure the network is.
function say(reading) {
  if (!reading) return "Draw any digit from 0 to 9.";
  const { probabilities } = reading;
  const best = indexOfMost(probabilities);
  const second = indexOfMost(probabilities.map((p, digit) => (digit === best ? -1 : p)));
  const sure = probabilities[best];
  if (sure > 0.98) return `That’s ${aDigit(best)}, no doubt about it.`;
  if (sure > 0.85) return `That’s ${aDigit(best)}, I’m fairly sure.`;
  if (sure > 0.6) return `It looks like ${aDigit(best)}, but it could be ${aDigit(second)}.`;
  return `Hmm. ${capital(aDigit(best))}, or ${aDigit(second)}? Your hand is new to me.`;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

// Paint what the network sees: 28 × 28 pixels, in the colours of the sheet.
function paintPicture(picture, best) {
  const canvas = part("picture");
  const { paper, ink } = colours();
  const pen = canvas.getContext("2d");
  pen.globalAlpha = 1;
  pen.fillStyle = paper;
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.fillStyle = ink;
  picture.forEach((bright, i) => {
    pen.globalAlpha = bright / 255;
    pen.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1);
  });
  canvas.ariaLabel = `Your ${NAMES[best]}, centred and shrunk to 28 by 28 pixels`;
}

// ---- What it has learned from you ----

function teach(digit) {
  book.add({ strokes: sheet.strokes(), digit });
  learn();
  answer(`Thank you! Now I know how you write ${aDigit(digit)}.`);
}

function tellMemory() {
  const count = book.all().length;
  part("memory").hidden = !count;
  part("lessons").textContent = `I’ve learned ${count} of your drawings.`;
  if (count === 1) part("lessons").textContent = "I’ve learned one of your drawings.";
}

part("forget").addEventListener("click", () => {
  book.forget();
  learn();
  answer();
  part("sheet").focus();
});

// ---- For the curious, and for tests: the ten probabilities, from strokes or from pixels ----

window.mnistLesson = {
  // strokes: lists x0, y0, x1, y1, … on a sheet of 280 × 280; null where nothing is drawn
  read(strokes) {
    if (!areStrokes(strokes)) throw new TypeError("strokes: lists x0, y0, x1, y1, … from 0 to 280");
    return readStrokes(strokes)?.probabilities ?? null;
  },
  // pixels: 784 numbers from 0 (paper) to 1 (ink)
  readPixels: (pixels) => readPixels(pixels).probabilities,
};

learn();
sheet.paint();
answer();
