// A text with a button that copies it. Where the browser forbids copying, the text is selected instead.
function render({ model, el }) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  const text = document.createElement("pre");
  box.className = "lm-code";
  button.type = "button";
  button.className = "jupyter-button";
  text.tabIndex = 0;
  box.append(button, text);
  el.append(box);

  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(model.get("text"));
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = "Selected: press Ctrl+C";
    }
  };

  function draw() {
    box.hidden = model.get("text") === "";
    text.textContent = model.get("text");
    button.textContent = "Copy";
  }
  model.on("change:text", draw);
  draw();
  return () => model.off("change:text", draw);
}

export default { initialize: listen, render };
