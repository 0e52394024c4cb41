// The drawing pad. It owns the strokes and sends them whole, so that none can be lost or come twice: a stroke
// is a list of whole numbers x0, y0, x1, y1, … from 0 to SIZE. What is drawn while Python is busy waits here.
const SIZE = 280;
const PAUSE = 90; // ms between two messages while the pen is down

const clamp = (v) => Math.max(0, Math.min(SIZE, Math.round(v)));

function render({ model, el }) {
  const root = document.createElement("div");
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's own keys stay out while the pad has the focus
  root.innerHTML = `
    <canvas tabindex="0" role="application" style="width: 280px; height: 280px; touch-action: none; cursor: crosshair;
      background: #fff; border: 2px solid #767676; border-radius: 4px; display: block"></canvas>
    <div style="margin-top: 6px; display: flex; gap: 6px">
      <button type="button" class="jupyter-button" style="width: auto" data-do="undo">Undo</button>
      <button type="button" class="jupyter-button" style="width: auto" data-do="clear">Clear</button>
    </div>`;
  el.appendChild(root);
  const canvas = root.querySelector("canvas");
  canvas.setAttribute(
    "aria-label",
    "Drawing pad. Draw one digit with mouse, pen or finger. By keyboard: arrows move the pen, with Shift in small " +
      "steps; Space puts it down or lifts it; Backspace undoes; Delete clears. The answer stands beside the pad.",
  );
  let strokes = model.get("strokes").map((s) => [...s]);
  let current = null; // the stroke under way
  let pointer = null; // the finger, pen or mouse that draws it
  let pen = { x: SIZE / 2, y: SIZE / 4, down: false, shown: false }; // of the keyboard
  let timer = null;

  let frame = 0;
  function paint() {
    // once a frame at most: a pen gives more points than a screen can show
    if (!frame) frame = requestAnimationFrame(draw);
  }
  function draw() {
    frame = 0;
    const scale = Math.max(1, window.devicePixelRatio || 1);
    if (canvas.width !== SIZE * scale) canvas.width = canvas.height = SIZE * scale;
    const ink = canvas.getContext("2d");
    ink.setTransform(scale, 0, 0, scale, 0, 0);
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, SIZE, SIZE);
    ink.strokeStyle = "#111";
    ink.lineWidth = model.get("pen");
    ink.lineCap = ink.lineJoin = "round";
    for (const stroke of strokes) {
      ink.beginPath();
      ink.moveTo(stroke[0], stroke[1]);
      if (stroke.length === 2) ink.lineTo(stroke[0] + 0.01, stroke[1]);
      for (let i = 2; i < stroke.length; i += 2) ink.lineTo(stroke[i], stroke[i + 1]);
      ink.stroke();
    }
    if (pen.shown) {
      ink.strokeStyle = pen.down ? "#D55E00" : "#0072B2";
      ink.lineWidth = 2;
      ink.beginPath();
      ink.arc(pen.x, pen.y, 11, 0, 7);
      if (!pen.down) ink.moveTo(pen.x - 5, pen.y), ink.lineTo(pen.x + 5, pen.y), ink.moveTo(pen.x, pen.y - 5), ink.lineTo(pen.x, pen.y + 5);
      ink.stroke();
    }
  }

  function send() {
    clearTimeout(timer);
    timer = null;
    model.set("strokes", strokes.map((s) => [...s]));
    model.save_changes();
  }
  function changed(now) {
    paint();
    if (now) send();
    else if (timer === null) timer = setTimeout(send, PAUSE);
  }
  function add(x, y) {
    const n = current.length;
    [x, y] = [clamp(x), clamp(y)];
    if (n && current[n - 2] === x && current[n - 1] === y) return;
    current.push(x, y);
  }
  function begin(x, y) {
    current = [];
    strokes.push(current);
    add(x, y);
  }
  function lift() {
    current = null;
    pen.down = false;
    changed(true);
  }
  function undo() {
    strokes.pop();
    lift();
  }
  function clear() {
    strokes = [];
    lift();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect(); // right when the page is zoomed or scrolled, too
    const edge = canvas.clientLeft * (box.width / canvas.offsetWidth);
    return [
      ((event.clientX - box.left - edge) / (box.width - 2 * edge)) * SIZE,
      ((event.clientY - box.top - edge) / (box.height - 2 * edge)) * SIZE,
    ];
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    pen.shown = pen.down = false;
    begin(...place(event));
    changed(false);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer || current === null) return;
    const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const one of all.length ? all : [event]) add(...place(one));
    changed(false);
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      lift();
    });

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? 2 : 10;
      pen.x = clamp(pen.x + arrow[0] * step);
      pen.y = clamp(pen.y + arrow[1] * step);
      pen.shown = true;
      if (pen.down) add(pen.x, pen.y), changed(false);
      else paint();
    } else if (event.key === " ") {
      pen.shown = true;
      if (pen.down) lift();
      else (pen.down = true), begin(pen.x, pen.y), changed(false);
    } else if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) undo();
    else if (event.key === "Delete") clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.addEventListener("focus", () => {
    canvas.style.outline = "3px solid #0072B2";
    if (canvas.matches(":focus-visible") && pointer === null) (pen.shown = true), paint();
  });
  canvas.addEventListener("blur", () => {
    canvas.style.outline = "";
    pen.shown = false;
    if (pen.down) lift();
    else paint();
  });
  root.addEventListener("click", (event) => {
    const what = event.target.dataset.do;
    if (what === "undo") undo();
    if (what === "clear") clear();
  });

  function adopt() {
    const theirs = model.get("strokes"); // set by Python, or drawn in another view of the same pad
    if (current !== null || JSON.stringify(theirs) === JSON.stringify(strokes)) return;
    strokes = theirs.map((s) => [...s]);
    paint();
  }
  model.on("change:strokes", adopt);
  model.on("change:pen", paint);
  paint();
  return () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    model.off("change:strokes", adopt);
    model.off("change:pen", paint);
  };
}

export default { render };
