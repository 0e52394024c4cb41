// Buttons with a picture on each. All pictures come in one strip, one below the other.
function render({ model, el }) {
  const grid = document.createElement("div");
  grid.className = "lm-digits";
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", "pictures");
  el.append(grid);

  function draw() {
    const focused = [...grid.children].indexOf(document.activeElement);
    const numbers = model.get("numbers");
    const side = model.get("side"); // screen pixels; they grow with the panel, or fill a row
    const pixels = (n) => `calc(${n} * var(--lm-u, 1px))`;
    const columns = model.get("columns");
    // So wide that they fill the room: less their frames and gaps, shared out among them.
    const unit = `calc((var(--lm-room, 100cqi) - ${11 * columns}px) / ${side * columns})`;
    grid.style.cssText = columns
      ? `display: grid; grid-template-columns: repeat(${columns}, max-content); --lm-u: min(3px, ${unit})`
      : "";
    const buttons = model.get("labels").map((label, place) => {
      const button = document.createElement("button");
      const picture = document.createElement("div");
      button.type = "button";
      button.className = "jupyter-button lm-digit";
      button.classList.toggle("lm-found", model.get("found").includes(numbers[place]));
      button.style.width = columns ? `calc(${pixels(side)} + 6px)` : pixels(side + 6);
      button.setAttribute("aria-label", `${label}, picture number ${numbers[place]}`);
      picture.style.cssText = `width: ${pixels(side)}; height: ${pixels(side)}; image-rendering: pixelated;
        background: url(${model.get("strip")}) 0 ${pixels(-place * side)} / ${pixels(side)} auto`;
      button.append(picture, label);
      button.onclick = () => {
        model.set("chosen", numbers[place]);
        model.save_changes();
      };
      return button;
    });
    grid.replaceChildren(...buttons);
    if (focused >= 0) buttons[Math.min(focused, buttons.length - 1)]?.focus();
    mark();
  }

  function mark() {
    const numbers = model.get("numbers");
    [...grid.children].forEach((button, place) => {
      button.setAttribute("aria-pressed", numbers[place] === model.get("chosen"));
    });
  }

  const drawn = "change:strip change:labels change:numbers change:found";
  model.on(drawn, draw);
  model.on("change:chosen", mark);
  draw();
  return () => {
    model.off(drawn, draw);
    model.off("change:chosen", mark);
  };
}

export default { initialize: listen, render };
