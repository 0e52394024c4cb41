// Buttons with a digit on each. All pictures come in one strip, one below the other.
const SIDE = 56; // screen pixels of a digit; in a wide panel it grows with it

function render({ model, el }) {
  const grid = document.createElement("div");
  grid.className = "lm-digits";
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", "digits");
  el.append(grid);

  function draw() {
    const focused = [...grid.children].indexOf(document.activeElement);
    const numbers = model.get("numbers");
    const buttons = model.get("labels").map((label, place) => {
      const button = document.createElement("button");
      const picture = document.createElement("div");
      button.type = "button";
      button.className = "jupyter-button lm-digit";
      button.setAttribute("aria-label", `${label}, picture number ${numbers[place]}`);
      const pixels = (n) => `calc(${n} * var(--lm-u, 1px))`;
      picture.style.cssText = `width: ${pixels(SIDE)}; height: ${pixels(SIDE)}; image-rendering: pixelated;
        background: url(${model.get("strip")}) 0 ${pixels(-place * SIDE)} / ${pixels(SIDE)} auto`;
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

  model.on("change:strip change:labels change:numbers", draw);
  model.on("change:chosen", mark);
  draw();
  return () => {
    model.off("change:strip change:labels change:numbers", draw);
    model.off("change:chosen", mark);
  };
}

export default { render };
