// JupyterLab's drawing pad: the sheet of drawing_surface.js, whose strokes go to Python.
// They are sent whole, so that none can be lost or come twice; what is drawn while Python is busy
// waits here.
const PAUSE = 90; // ms between two messages while the pen is down
const COLOURS = { paper: "#fff", ink: "#111", down: "#D55E00", up: "#0072B2" };

function render({ model, el }) {
  const root = document.createElement("div");
  root.innerHTML = `
    <div class="lm-desk">
      <canvas class="lm-sheet"></canvas>
      <svg class="lm-ghost" viewBox="0 0 280 280" aria-hidden="true">
        <path pathLength="1" d="M92 88 C104 48 188 48 180 96 C176 124 150 134 128 135 C168 135 198 158 188 196 C176 240 100 236 86 196" />
      </svg>
    </div>
    <div class="lm-rest" hidden></div>
    <div style="padding: 6px 0 2px; display: flex; gap: 6px; align-items: center">
      <button type="button" class="jupyter-button" style="width: auto" data-do="undo">Undo</button>
      <button type="button" class="jupyter-button" style="width: auto" data-do="clear">Clear</button>
      <span class="lm-note" style="margin-left: auto">or keys: arrows, Space</span>
    </div>`;
  el.appendChild(root);

  const canvas = root.querySelector("canvas");
  const line = root.querySelector(".lm-rest");
  line.hidden = !model.get("pause");
  const desk = root.querySelector(".lm-desk");
  const ghost = root.querySelector(".lm-ghost");
  if (model.get("pause")) ghost.remove(); // there, a certain digit is asked for
  const example = model.get("example").map((stroke) => `M${stroke.join(" ")}`);
  if (example.length) ghost.querySelector("path").setAttribute("d", example.join(""));
  const sheet = drawingSurface(canvas, {
    pen: () => model.get("pen"),
    colours: () => COLOURS,
    fresh: takeFresh,
    changed,
  });
  let timer = null;
  let rest = null; // ends when the pen has rested for model.get("pause") ms
  let growing = null; // the line that shows how long it has

  // It's told to Python together with the new strokes.
  function takeFresh() {
    const wiping = model.get("fresh");
    if (wiping) model.set("fresh", false);
    return wiping;
  }

  function stopResting() {
    clearTimeout(rest);
    growing?.cancel();
  }

  function finish() {
    stopResting();
    if (!sheet.strokes().length) return;
    send();
    model.set("finished", model.get("finished") + 1);
    model.save_changes();
  }

  function send() {
    clearTimeout(timer);
    timer = null;
    model.set("strokes", sheet.strokes());
    model.save_changes();
  }

  function changed(lifted) {
    stopResting();
    showGhost();
    if (lifted && model.get("pause") > 0 && sheet.strokes().length) {
      // So that one sees the next digit coming.
      growing = line.animate([{ width: 0 }, { width: "100%" }], model.get("pause"));
      rest = setTimeout(finish, model.get("pause"));
    }
    if (lifted) send();
    else if (timer === null) timer = setTimeout(send, PAUSE);
  }

  // On a blank sheet, a faint digit writes itself: here one draws.
  function showGhost() {
    desk.classList.toggle("lm-blank", !sheet.strokes().length);
  }

  // Strokes set by Python, or drawn in another view of the same pad.
  function adopt() {
    sheet.show(model.get("strokes"));
    showGhost();
    // Where one digit is asked for after the other, the button just pressed may vanish: draw on.
    const panel = el.closest(".lm-panel");
    const asked = model.get("pause") > 0 && !model.get("strokes").length;
    if (asked && panel?.contains(document.activeElement)) canvas.focus({ preventScroll: true });
  }

  // The paper slides under the frame, a 28th of its width for each of MNIST's pixels.
  function slide() {
    const [right, down] = model.get("moved").map((pixels) => `${(100 * pixels) / 28}%`);
    canvas.style.translate = `${right} ${down}`;
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    finish();
  });
  root.addEventListener("click", (event) => {
    const action = event.target.dataset.do;
    if (action === "undo") sheet.undo();
    if (action === "clear") sheet.clear();
  });
  model.on("change:strokes", adopt);
  model.on("change:pen", sheet.paint);
  model.on("change:moved", slide);
  adopt();
  slide();
  sheet.paint();
  return () => {
    clearTimeout(timer);
    clearTimeout(rest);
    sheet.stop();
    model.off("change:strokes", adopt);
    model.off("change:pen", sheet.paint);
    model.off("change:moved", slide);
  };
}

export default { initialize: listen, render };
