// A panel's title and lead sentence. It also gives names to those of ipywidgets' controls that have none for screen
// readers (sliders, their numbers, the buttons of Play), now and whenever the panel gets new ones. And it keeps plain keys
// in the panel: in JupyterLab's command mode, an x cuts the cell out and a 3 makes it a heading.
const ICONS = { "fa-play": "Play", "fa-pause": "Pause", "fa-stop": "Stop", "fa-repeat": "Repeat" };

// A slider of choices would announce the choice's place in the list; it says what one reads beside it.
function sayChoice(control) {
  const choice = control.querySelector(".widget-readout")?.textContent;
  const handle = control.querySelector("[role=slider]");
  if (choice && handle && handle.getAttribute("aria-valuetext") !== choice) handle.setAttribute("aria-valuetext", choice);
}

function nameControls(panel) {
  for (const control of panel.querySelectorAll(".widget-inline-hbox, .widget-toggle-buttons")) {
    const label = control.querySelector(".widget-label")?.textContent.trim();
    if (!label) continue;
    if (control.matches(".widget-toggle-buttons")) control.setAttribute("role", "group");
    if (control.matches(".widget-toggle-buttons")) control.setAttribute("aria-label", label);
    control.querySelector("[role=slider]")?.setAttribute("aria-label", label);
    sayChoice(control);
    const number = control.querySelector(".widget-readout[contenteditable=true]");
    number?.setAttribute("role", "textbox");
    number?.setAttribute("aria-label", `${label}, as a number`);
  }
  for (const icon of panel.querySelectorAll(".widget-play button > i")) {
    const name = ICONS[[...icon.classList].find((part) => part in ICONS)];
    if (name) icon.parentElement.setAttribute("aria-label", name);
  }
  for (const icon of panel.querySelectorAll("button > i.fa")) icon.setAttribute("aria-hidden", "true");
  for (const upload of panel.querySelectorAll(".widget-upload")) {
    const text = upload.lastChild; // "Choose a photo (0)": nobody needs the count
    if (/ \(\d+\)$/.test(text?.textContent)) text.textContent = text.textContent.replace(/ \(\d+\)$/, "");
  }
}

// Bars run from where they were to where they are now, so that one sees what a stroke has changed. Python sends a new
// table each time; the output that holds it stays.
const widths = new WeakMap();
const calm = matchMedia("(prefers-reduced-motion: reduce)");
function moveBars(panel) {
  for (const output of panel.querySelectorAll(".widget-html-content")) {
    const bars = output.querySelectorAll(":scope > .lm-ten .lm-bar");
    if (!bars.length) continue;
    const before = widths.get(output);
    const now = [...bars].map((bar) => bar.style.width);
    if (before?.join() === now.join()) continue;
    widths.set(output, now);
    if (calm.matches || before?.length !== now.length) continue;
    bars.forEach((bar, place) => {
      if (Math.abs(parseFloat(before[place]) - parseFloat(now[place])) < 1) return; // nobody would see it
      bar.animate([{ width: before[place] }, {}], { duration: 200, easing: "ease-out" });
    });
  }
}

// A new answer pops; a share that grows would never stand still.
const signs = new WeakMap();
function popAnswer(panel) {
  for (const output of panel.querySelectorAll(".widget-html-content")) {
    const sign = output.querySelector(":scope > .lm-answer > .lm-answer-sign");
    const before = signs.get(output);
    if (!sign || before === sign.textContent) continue;
    signs.set(output, sign.textContent);
    if (before === undefined || calm.matches || before.endsWith("%")) continue;
    sign.animate([{ transform: "scale(0.6)" }, { transform: "scale(1.15)" }, {}], { duration: 280, easing: "ease-out" });
  }
}

// The style comes with each panel, but goes into the page once: each time, the browser works out the whole page anew.
// anywidget's own way, `_css`, would set it again.
function initialize(widget) {
  listen(widget);
  const css = widget.model.get("css");
  const style = document.getElementById("lm-style") ?? document.createElement("style");
  style.id = "lm-style";
  if (style.textContent !== css) style.textContent = css;
  if (!style.isConnected) document.head.append(style);
}

function render({ model, el }) {
  const title = document.createElement("div");
  title.className = "lm-title";
  title.setAttribute("role", "heading");
  title.setAttribute("aria-level", "3");
  const lead = document.createElement("div");
  lead.className = "lm-lead";
  el.append(title, lead);
  const draw = () => {
    title.textContent = model.get("heading");
    lead.textContent = model.get("lead");
  };
  model.on("change", draw);
  draw();

  let waiting = 0;
  let panel = null;
  const observer = new MutationObserver(schedule);
  function schedule() {
    if (!waiting) waiting = requestAnimationFrame(work);
  }
  function work() {
    waiting = 0;
    const found = el.closest(".lm-panel");
    if (found && found !== panel) begin(found);
    if (!panel) return schedule(); // not in the page yet
    nameControls(panel);
    moveBars(panel);
    popAnswer(panel);
  }
  function begin(found) {
    panel = found;
    panel.tabIndex = -1; // so that a click beside its controls leaves the focus in it
    panel.addEventListener("click", stay);
    observer.observe(panel, { childList: true, subtree: true, attributeFilter: ["aria-valuetext"] });
  }
  function stay() {
    if (!panel.contains(document.activeElement)) panel.focus({ preventScroll: true });
  }

  // JupyterLab listens on document, and leaves alone what has this attribute; of the window, we come first. It must be on
  // the very target: JupyterLab asks a target whether a shortcut fits before it asks what's around it.
  const SHIELD = "data-lm-suppress-shortcuts";
  let shielded = null;
  function shield(event) {
    shielded?.removeAttribute(SHIELD);
    const runs = event.shiftKey && event.key === "Enter";
    const undoes = (event.ctrlKey || event.metaKey) && event.key === "z"; // a stroke, or what was typed
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !runs;
    shielded = (plain || undoes) && panel?.contains(event.target) ? event.target : null;
    shielded?.setAttribute(SHIELD, "true");
  }
  addEventListener("keydown", shield, true);
  schedule();
  return () => {
    removeEventListener("keydown", shield, true);
    panel?.removeEventListener("click", stay);
    cancelAnimationFrame(waiting);
    waiting = -1; // and nothing is scheduled any more
    observer.disconnect();
    model.off("change", draw);
  };
}

export default { initialize, render };
