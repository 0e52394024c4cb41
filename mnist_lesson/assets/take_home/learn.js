// “That was a 7”: teach the last layer, here in the page. The features stay as they were trained;
// only the ten sums at the end change, and as little as possible.
const MARGIN = 3; // a lesson is learned when the right score leads by this much: 95 % sure, or so
const ROUNDS = 50;
const MOST_LESSONS = 100;

// Return a copy of the last layer that has learned `lessons`: a list of { features, digit }.
//
// The rule is called passive-aggressive (Crammer and others, 2006). If a lesson is known, do
// nothing. If it is not, make the smallest change to the weights that sets it right. What all
// digits have in common (`usual`, the mean of the features) is taken away first, so that a lesson
// about one seven says little about everything that is no seven.
function teachLast(last, usual, lessons) {
  const taught = { ...last, kernel: last.kernel.slice(), bias: last.bias.slice() };
  for (let round = 0; round < ROUNDS; round++) {
    let changes = 0;
    for (const { features, digit } of lessons) {
      const scores = findScores(features, taught);
      const rival = strongest(scores, digit);
      const missing = MARGIN - (scores[digit] - scores[rival]);
      if (missing <= 0.01) continue;
      correct(taught, usual, features, digit, rival, missing);
      changes++;
    }
    if (!changes) break;
  }
  return taught;
}

// The highest score but that of `digit`.
function strongest(scores, digit) {
  let best = digit === 0 ? 1 : 0;
  scores.forEach((score, other) => {
    if (other !== digit && score > scores[best]) best = other;
  });
  return best;
}

// Move the scores of two digits apart by `missing`, for these features and for what is like them.
function correct({ kernel, bias, filters }, usual, features, digit, rival, missing) {
  let length2 = 1e-6;
  let common = 0;
  for (let i = 0; i < features.length; i++) {
    const special = features[i] - usual[i];
    length2 += special * special;
    common += special * usual[i];
  }
  const step = missing / (2 * length2);
  for (let i = 0; i < features.length; i++) {
    const special = features[i] - usual[i];
    kernel[i * filters + digit] += step * special;
    kernel[i * filters + rival] -= step * special;
  }
  bias[digit] -= step * common;
  bias[rival] += step * common;
}

// Lessons are kept in the browser's own storage, on this device and for this network only. Some
// browsers keep nothing for a page that was opened from a file: then they last until it is closed.
function lessonBook(key) {
  let lessons = [];
  const isLesson = ({ strokes, digit }) =>
    Number.isInteger(digit) && digit >= 0 && digit <= 9 && areStrokes(strokes);
  try {
    lessons = JSON.parse(localStorage.getItem(key) || "[]").filter(isLesson);
  } catch {} // no storage, or what is in it is damaged: begin with none

  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify(lessons));
    } catch {}
  }

  return {
    all: () => lessons,
    add(lesson) {
      lessons = [...lessons, lesson].slice(-MOST_LESSONS);
      keep();
    },
    forget() {
      lessons = [];
      try {
        localStorage.removeItem(key);
      } catch {}
    },
  };
}

// Are these strokes as in Python: lists of x0, y0, x1, y1, … from 0 to 280?
function areStrokes(strokes) {
  const isPlace = (v) => Number.isFinite(v) && v >= 0 && v <= SIZE;
  return (
    Array.isArray(strokes) &&
    strokes.every((s) => Array.isArray(s) && s.length >= 2 && s.length % 2 === 0 && s.every(isPlace))
  );
}
