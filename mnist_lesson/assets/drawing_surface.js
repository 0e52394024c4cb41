// The sheet that one draws on, in JupyterLab's pad and in the take-home page alike. Neither has a
// build step: Python puts this text before the text that uses it.
//
// A stroke is a list of whole numbers x0, y0, x1, y1, … from 0 to SIZE, as in Python.
const SIZE = 280;

const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const SHEET_LABEL =
  "Drawing pad. Draw one digit with mouse, pen or finger. By keyboard: arrows move the pen, " +
  "with Shift in small steps; Space puts it down or lifts it; Backspace undoes; Delete clears. " +
  "The answer is beside the pad.";

// Turn a canvas into a sheet.
//   pen()            the pen's width, in the units of the strokes
//   colours()        { paper, ink, down, up }; the last two are the keyboard's pen
//   fresh()          says whether a stroke begins a new drawing; a page may leave it out
//   changed(lifted)  is called after each change; `lifted` is false while the pen is on the paper
function drawingSurface(canvas, { pen, colours, fresh, changed }) {
  let strokes = [];
  let current = null; // the stroke under way
  let pointer = null; // the finger, pen or mouse that draws it
  const cursor = { x: SIZE / 2, y: SIZE / 4, down: false, shown: false }; // the keyboard's pen
  let frame = 0;

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", SHEET_LABEL);
  canvas.style.touchAction = "none"; // or the page would scroll under a finger that draws

  const clamp = (v) => Math.max(0, Math.min(SIZE, Math.round(v)));

  // A pen gives more points than a screen can show: draw once a frame.
  function paint() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  function draw() {
    frame = 0;
    canvas.classList.toggle("by-keyboard", cursor.shown); // a page may frame the sheet then
    const sharp = Math.max(1, window.devicePixelRatio || 1);
    const side = Math.round((canvas.clientWidth || SIZE) * sharp);
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const scale = side / SIZE;
    const colour = colours();
    const ink = canvas.getContext("2d");
    ink.setTransform(scale, 0, 0, scale, 0, 0);
    ink.fillStyle = colour.paper;
    ink.fillRect(0, 0, SIZE, SIZE);
    ink.strokeStyle = colour.ink;
    ink.lineWidth = pen();
    ink.lineCap = ink.lineJoin = "round";
    for (const stroke of strokes) drawStroke(ink, stroke);
    if (cursor.shown) drawCursor(ink, cursor.down ? colour.down : colour.up);
  }

  function drawStroke(ink, stroke) {
    ink.beginPath();
    ink.moveTo(stroke[0], stroke[1]);
    if (stroke.length === 2) ink.lineTo(stroke[0] + 0.01, stroke[1]); // a dot shows, too
    for (let i = 2; i < stroke.length; i += 2) ink.lineTo(stroke[i], stroke[i + 1]);
    ink.stroke();
  }

  function drawCursor(ink, colour) {
    const { x, y } = cursor;
    ink.strokeStyle = colour;
    ink.lineWidth = 2;
    ink.beginPath();
    ink.arc(x, y, 11, 0, 7);
    if (!cursor.down) {
      ink.moveTo(x - 5, y);
      ink.lineTo(x + 5, y);
      ink.moveTo(x, y - 5);
      ink.lineTo(x, y + 5);
    }
    ink.stroke();
  }

  function report(lifted) {
    paint();
    changed(lifted);
  }

  function begin(x, y) {
    if (fresh?.()) strokes = [];
    current = [];
    strokes.push(current);
    extend(x, y);
  }

  function extend(x, y) {
    const [toX, toY] = [clamp(x), clamp(y)];
    if (current.length && current.at(-2) === toX && current.at(-1) === toY) return;
    current.push(toX, toY);
  }

  function lift() {
    current = null;
    cursor.down = false;
    report(true);
  }

  function undo() {
    strokes.pop();
    lift();
  }

  function clear() {
    strokes = [];
    lift();
  }

  // Where on the sheet an event is: right in a zoomed or scrolled page, too.
  function position(event) {
    const box = canvas.getBoundingClientRect();
    const edge = canvas.clientLeft * (box.width / canvas.offsetWidth);
    const side = box.width - 2 * edge;
    return [
      ((event.clientX - box.left - edge) / side) * SIZE,
      ((event.clientY - box.top - edge) / side) * SIZE,
    ];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return; // a palm beside the pen draws nothing
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    cursor.shown = cursor.down = false;
    begin(...position(event));
    report(false);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer || current === null) return;
    const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const point of between.length ? between : [event]) extend(...position(point));
    report(false);
  });

  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      lift();
    });

  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const undoKeys = event.key === "z" && (event.ctrlKey || event.metaKey);
    if (arrow) moveCursor(arrow, event.shiftKey ? 2 : 10);
    else if (event.key === " ") dropOrLift();
    else if (event.key === "Backspace" || undoKeys) undo();
    else if (event.key === "Delete") clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function moveCursor([right, down], step) {
    cursor.x = clamp(cursor.x + right * step);
    cursor.y = clamp(cursor.y + down * step);
    cursor.shown = true;
    if (!cursor.down) return paint();
    extend(cursor.x, cursor.y);
    report(false);
  }

  function dropOrLift() {
    cursor.shown = true;
    if (cursor.down) return lift();
    cursor.down = true;
    begin(cursor.x, cursor.y);
    report(false);
  }

  canvas.addEventListener("focus", () => {
    if (!canvas.matches(":focus-visible") || pointer !== null) return;
    cursor.shown = true;
    paint();
  });

  canvas.addEventListener("blur", () => {
    cursor.shown = false;
    if (cursor.down) lift();
    else paint();
  });

  return {
    strokes: () => strokes.map((stroke) => [...stroke]),
    // Show other strokes; what is being drawn just now is never torn away.
    show(others) {
      if (current !== null || JSON.stringify(others) === JSON.stringify(strokes)) return;
      strokes = others.map((stroke) => [...stroke]);
      paint();
    },
    undo,
    clear,
    paint,
    stop: () => cancelAnimationFrame(frame),
  };
}
