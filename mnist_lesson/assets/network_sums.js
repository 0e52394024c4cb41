// The arithmetic behind the living picture: what made one number of one map. Nothing here draws.
//
// Every stage is the same kind of thing, whatever Keras calls its layer. Its output is `shape` [height, width,
// maps]; a dense layer's neurons are maps of one pixel each, and its window covers all that came before. So one
// function explains a convolution's pixel and a neuron alike.
//   kind      "input", "conv" (a sum of products), "max" or "mean"
//   window    [height, width] of what one number is made from, in the stage before
//   strides   how far the window moves on; `margin`: rows and columns of padding above and to the left
//   kernel, bias      where in the weights they begin
//   after     what is done with a sum: [["relu"], ["norm", scale, shift, length], …]

const gauss = (x) => {
  // The error function, to 1.5e-7 (Abramowitz and Stegun 7.1.26); JavaScript has none.
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
};

const ACTIVATIONS = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  leaky_relu: (x) => (x > 0 ? x : 0.2 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => 1.05070098 * (x > 0 ? x : 1.67326324 * Math.expm1(x)),
  gelu: (x) => (x * (1 + gauss(x / Math.SQRT2))) / 2,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  tanh: Math.tanh,
};

// Put the numbers of a message into place: each stage gets its own `values`, and its largest number.
function unpack(network, weights, outputs) {
  let at = 0;
  const stages = network.stages.map((stage) => {
    const size = stage.shape[0] * stage.shape[1] * stage.shape[2];
    const values = outputs.subarray(at, at + size);
    at += size;
    let [least, most] = [0, 0];
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return { ...stage, values, least, most: Math.max(most, -least) || 1 };
  });
  return { name: network.name, stages, weights };
}

const valueAt = (stage, map, row, column) => stage.values[(row * stage.shape[1] + column) * stage.shape[2] + map];

// Which rows and columns of the stage before made this pixel: [row, column, height, width], uncut.
function windowOf(stage, row, column) {
  const [height, width] = stage.window;
  return [row * stage.strides[0] - stage.margin[0], column * stage.strides[1] - stage.margin[1], height, width];
}

// Go back from a pixel to the patch of the digit that it can see: a patch for each stage, itself included.
function wayBack(stages, number, row, column) {
  const patches = new Array(number + 1);
  let patch = [row, column, 1, 1];
  for (let n = number; n >= 0; n--) {
    const [height, width] = stages[n].shape;
    const top = Math.max(patch[0], 0);
    const left = Math.max(patch[1], 0);
    patch = [top, left, Math.min(patch[0] + patch[2], height) - top, Math.min(patch[1] + patch[3], width) - left];
    patches[n] = patch;
    if (n === 0) break;
    const first = windowOf(stages[n], patch[0], patch[1]);
    const last = windowOf(stages[n], patch[0] + patch[2] - 1, patch[1] + patch[3] - 1);
    patch = [first[0], first[1], last[0] + last[2] - first[0], last[1] + last[3] - first[1]];
  }
  return patches;
}

// The sum of products for one pixel, without its bias. With `parts`, also each product and each map's share.
function weightedSum(weights, stage, before, map, row, column, parts) {
  const [top, left, height, width] = windowOf(stage, row, column);
  const [tall, wide, depth] = before.shape;
  const count = stage.shape[2];
  let sum = 0;
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [r, c] = [top + i, left + j];
      const inside = r >= 0 && r < tall && c >= 0 && c < wide; // outside there are zeros: padding="same"
      for (let d = 0; d < depth; d++) {
        const place = (i * width + j) * depth + d;
        const pixel = inside ? before.values[(r * wide + c) * depth + d] : 0;
        const product = pixel * weights[stage.kernel + place * count + map];
        sum += product;
        if (!parts) continue;
        parts.pixels[place] = pixel;
        parts.products[place] = product;
        parts.shares[d] += product;
      }
    }
  }
  return sum;
}

// Follow a sum through what comes after it: batch normalisation, ReLU … Returns [name, number] for each step.
function stepsAfter(net, number, map, row, column, sum) {
  const stage = net.stages[number];
  const steps = [];
  let value = sum;
  for (const [name, scale, shift, length] of stage.after) {
    if (name === "norm") {
      const place = length === stage.shape[2] ? map : (row * stage.shape[1] + column) * stage.shape[2] + map;
      value = value * net.weights[scale + place] + net.weights[shift + place];
    } else if (name === "softmax") {
      // All ten sums are needed; the largest is taken away, so that exp() cannot overflow.
      const all = [];
      for (let m = 0; m < stage.shape[2]; m++) all.push(m === map ? value : valueBefore(net, number, m, row, column));
      const largest = Math.max(...all);
      const total = all.reduce((whole, x) => whole + Math.exp(x - largest), 0);
      value = Math.exp(value - largest) / total;
    } else value = ACTIVATIONS[name](value);
    steps.push([name, value]);
  }
  return steps;
}

// What softmax is given for another answer: its sum, through all that comes before softmax.
function valueBefore(net, number, map, row, column) {
  const stage = net.stages[number];
  const cut = stage.after.findIndex(([name]) => name === "softmax");
  const shorter = { ...net, stages: net.stages.with(number, { ...stage, after: stage.after.slice(0, cut) }) };
  return explain(shorter, number, map, row, column).value;
}

// Explain one number: the window, its products, their sum, the bias, and what came after.
function explain(net, number, map, row, column) {
  const stage = net.stages[number];
  const shown = valueAt(stage, map, row, column);
  const patches = wayBack(net.stages, number, row, column);
  if (stage.kind === "input") return { stage, map, row, column, patches, value: shown, shown, steps: [] };
  const before = net.stages[number - 1];
  const [top, left, height, width] = windowOf(stage, row, column);
  const about = { stage, before, map, row, column, patches, shown, window: [top, left, height, width] };
  if (stage.kind === "conv") {
    const size = height * width * before.shape[2];
    const parts = {
      pixels: new Float64Array(size),
      products: new Float64Array(size),
      shares: new Float64Array(before.shape[2]), // what each map of the stage before adds to the sum
    };
    const sum = weightedSum(net.weights, stage, before, map, row, column, parts);
    const bias = net.weights[stage.bias + map];
    const steps = stepsAfter(net, number, map, row, column, sum + bias);
    const value = steps.length ? steps.at(-1)[1] : sum + bias;
    return { ...about, ...parts, sum, bias, steps, value };
  }
  const pixels = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [r, c] = [top + i, left + j];
      const inside = r >= 0 && r < before.shape[0] && c >= 0 && c < before.shape[1];
      pixels.push(inside ? valueAt(before, map, r, c) : NaN);
    }
  }
  const known = pixels.filter((pixel) => !Number.isNaN(pixel));
  const sum = stage.kind === "max" ? Math.max(...known) : known.reduce((a, b) => a + b, 0) / known.length;
  const steps = stepsAfter(net, number, map, row, column, sum);
  const shares = new Float64Array(before.shape[2]);
  shares[map] = 1;
  return { ...about, pixels, shares, sum, steps, value: steps.length ? steps.at(-1)[1] : sum };
}

// The brightest pixel of a map: the one that is explained until another one is chosen.
function brightest(stage, map) {
  let [best, place] = [-Infinity, 0];
  for (let n = 0; n < stage.shape[0] * stage.shape[1]; n++) {
    const value = Math.abs(stage.values[n * stage.shape[2] + map]);
    if (value > best) [best, place] = [value, n];
  }
  return [Math.floor(place / stage.shape[1]), place % stage.shape[1]];
}

// What each map of the stage before adds to each neuron, when the window covers all of it: a row for each neuron.
// The weights of one place lie side by side, so this order reads them without a jump; and what is dark adds nothing.
function sharesOfNeurons(net, number) {
  const [stage, before] = [net.stages[number], net.stages[number - 1]];
  const [count, depth] = [stage.shape[2], before.shape[2]];
  const shares = Array.from({ length: count }, () => new Float64Array(depth));
  before.values.forEach((value, place) => {
    if (value === 0) return;
    const first = stage.kernel + place * count;
    for (let map = 0; map < count; map++) shares[map][place % depth] += value * net.weights[first + map];
  });
  return shares;
}

// How a neuron votes that stands right before the answers: its weight for each of them. Null for anything else.
function votesOf(net, number, map) {
  const { shape } = net.stages[number];
  if (!number || number !== net.stages.length - 2 || shape[0] * shape[1] > 1) return null;
  const { kernel, shape: answers } = net.stages[number + 1];
  return [...net.weights.subarray(kernel + map * answers[2], kernel + (map + 1) * answers[2])];
}

// The lines from one stage to the next: what fed each map's brightest pixel. [{ from, to, share }], share from -1 to 1.
function linesInto(net, number) {
  const [stage, before] = [net.stages[number], net.stages[number - 1]];
  const whole = stage.window[0] === before.shape[0] && stage.window[1] === before.shape[1];
  const neurons = stage.kind === "conv" && whole ? sharesOfNeurons(net, number) : null;
  const lines = [];
  for (let map = 0; map < stage.shape[2]; map++) {
    const [row, column] = brightest(stage, map);
    const glow = Math.abs(valueAt(stage, map, row, column)) / stage.most;
    if (glow < 0.02) continue; // a line to a dark map would light up nothing
    const shares = neurons ? neurons[map] : explain(net, number, map, row, column).shares;
    const largest = shares.reduce((most, share) => Math.max(most, Math.abs(share)), 0) || 1;
    shares.forEach((share, from) => {
      if (Math.abs(share) > 0.02 * largest) lines.push({ from, to: map, share: (share / largest) * glow });
    });
  }
  return lines;
}

// Which of those lines matter: the ones that feed bright maps which themselves lead on, by `shares` of the maps of
// stage `number`, to the answer or to one neuron. So the way of the digit stands out, from there back to the pixels.
// Returns `drawn`, for each stage its lines with their `strength`, the strongest first, and the maps' `weights`.
function weighLines(net, all, number, shares) {
  const weights = [];
  const drawn = [];
  weights[number] = Float64Array.from(shares, (share) => Math.max(0, share));
  for (let n = number; n > 0; n--) {
    const largest = weights[n].reduce((most, weight) => Math.max(most, weight), 0) || 1;
    weights[n - 1] = new Float64Array(net.stages[n - 1].shape[2]);
    drawn[n] = all[n].map((line) => {
      const matters = weights[n][line.to] / largest;
      weights[n - 1][line.from] += Math.max(0, line.share) * matters;
      return { ...line, strength: line.share * (0.2 + 0.8 * matters) };
    });
    drawn[n].sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength));
  }
  return { drawn, weights };
}
