// The network, a third time. Keras trained it, NumPy's twin took it apart, and here it is once more
// in a language that every phone speaks. Nothing is hidden: this is all the arithmetic there is.
//
// Numbers travel in maps: { shape: [height, width, channels], data } with the channels of a pixel
// side by side, exactly as NumPy keeps them.

// What a layer does to each sum before it passes it on.
const ACTIVATIONS = {
  linear: (x) => x,
  softmax: (x) => x, // needs all ten scores at once: see below
  relu: (x) => Math.max(x, 0),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

// What each kind of layer does with the map that reaches it. The names are Keras's.
const LAYERS = {
  Conv2D: conv2d,
  MaxPooling2D: maxPool,
  GlobalAveragePooling2D: averagePool,
  Flatten: (x) => ({ shape: [1, 1, x.data.length], data: x.data }),
  BatchNormalization: scaleChannels,
  Dense: (x, layer) => conv2d(x, layer), // a window of one pixel that sees everything at once
};

// Slide all filters over the picture. For each place: start with the bias, then add every pixel in
// the window times its weight. The kernel's numbers lie in the order [row][column][channel][filter].
function conv2d(x, { size, filters, strides, same, kernel, bias, activation }) {
  const [height, width, channels] = x.shape;
  const [kernelRows, kernelColumns] = size;
  const [rows, top] = windows(height, kernelRows, strides[0], same);
  const [columns, left] = windows(width, kernelColumns, strides[1], same);
  const output = new Float32Array(rows * columns * filters);
  const sums = new Float32Array(filters);
  const bend = ACTIVATIONS[activation];

  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      sums.set(bias);
      for (let i = 0; i < kernelRows; i++) {
        const y = row * strides[0] + i - top;
        if (y < 0 || y >= height) continue; // beyond the edge all is 0
        for (let j = 0; j < kernelColumns; j++) {
          const z = column * strides[1] + j - left;
          if (z < 0 || z >= width) continue;
          const pixel = (y * width + z) * channels;
          const weights = (i * kernelColumns + j) * channels * filters;
          for (let c = 0; c < channels; c++) {
            const value = x.data[pixel + c];
            if (value === 0) continue; // most of a digit is paper, and 0 times a weight is 0
            const from = weights + c * filters;
            for (let f = 0; f < filters; f++) sums[f] += value * kernel[from + f];
          }
        }
      }
      const to = (row * columns + column) * filters;
      for (let f = 0; f < filters; f++) output[to + f] = bend(sums[f]);
    }
  return { shape: [rows, columns, filters], data: output };
}

// How many windows fit along one side, and how far the first hangs over the edge.
function windows(length, side, stride, same) {
  if (!same) return [Math.floor((length - side) / stride) + 1, 0];
  const count = Math.ceil(length / stride);
  const missing = Math.max((count - 1) * stride + side - length, 0);
  return [count, Math.floor(missing / 2)];
}

// Keep the largest number of each block.
function maxPool(x, { size, strides, same }) {
  const [height, width, channels] = x.shape;
  const [rows, top] = windows(height, size[0], strides[0], same);
  const [columns, left] = windows(width, size[1], strides[1], same);
  const output = new Float32Array(rows * columns * channels).fill(-Infinity);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let i = 0; i < size[0]; i++)
        for (let j = 0; j < size[1]; j++) {
          const y = row * strides[0] + i - top;
          const z = column * strides[1] + j - left;
          if (y < 0 || y >= height || z < 0 || z >= width) continue;
          for (let c = 0; c < channels; c++) {
            const to = (row * columns + column) * channels + c;
            output[to] = Math.max(output[to], x.data[(y * width + z) * channels + c]);
          }
        }
  return { shape: [rows, columns, channels], data: output };
}

// Replace each map by its mean.
function averagePool(x) {
  const [height, width, channels] = x.shape;
  const output = new Float32Array(channels);
  for (let i = 0; i < x.data.length; i++) output[i % channels] += x.data[i] / (height * width);
  return { shape: [1, 1, channels], data: output };
}

// Batch normalisation, once trained, is a factor and a shift for each channel.
function scaleChannels(x, { factors, shifts, activation }) {
  const channels = factors.length;
  const bend = ACTIVATIONS[activation];
  const data = x.data.map((value, i) => bend(value * factors[i % channels] + shifts[i % channels]));
  return { shape: x.shape, data };
}

// Turn ten scores into ten probabilities: none below 0, together 1.
function softmax(scores) {
  const most = Math.max(...scores); // minus the largest, so that exp() cannot overflow
  const powers = [...scores].map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

// Bring the weights back from their text. Each one was rounded to a whole number from -127 to 127;
// each filter has one scale that all of its weights are multiplied with.
function unpackNetwork(packed) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const floats = (text) => new Float32Array(bytes(text).buffer);
  const weights = (whole, scales) =>
    Float32Array.from(new Int8Array(bytes(whole).buffer), (w, i) => w * scales[i % scales.length]);
  const layers = packed.layers.map((layer) => {
    const unpacked = { ...layer };
    for (const name of ["bias", "factors", "shifts"])
      if (layer[name]) unpacked[name] = floats(layer[name]);
    if (layer.kernel) unpacked.kernel = weights(layer.kernel, floats(layer.scales));
    return unpacked;
  });
  return { layers, shape: packed.shape, usual: weights(packed.usual, [packed.usualScale]) };
}

// Send a picture (28 × 28 numbers from 0 to 1) through all layers but the last. What comes out are
// the features: what the network has noticed about the digit, before it makes up its mind.
function findFeatures(network, pixels) {
  let x = { shape: network.shape, data: Float32Array.from(pixels) };
  for (const layer of network.layers.slice(0, -1)) x = LAYERS[layer.kind](x, layer);
  return x.data;
}

// The last layer: ten sums over the features, one for each digit.
function findScores(features, last) {
  return conv2d({ shape: [1, 1, features.length], data: features }, last).data;
}
