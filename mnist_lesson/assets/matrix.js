// A confusion matrix that one can ask: a row for each true digit, a column for each answer. A click on a cell, or the
// arrow keys, choose it. Mistakes are orange, the darker the more there are; right answers stand on a blue diagonal.
function render({ model, el }) {
  const table = document.createElement("table");
  table.className = "lm-matrix";
  el.appendChild(table);
  const at = ([row, column]) => table.querySelector(`button[data-row="${row}"][data-column="${column}"]`);

  function choose(row, column) {
    model.set("selected", [row, column]);
    model.save_changes();
    at([row, column]).focus();
  }

  function head(text, scope) {
    const cell = document.createElement("th");
    cell.scope = scope;
    cell.textContent = text;
    return cell;
  }

  function draw() {
    const counts = model.get("counts");
    const names = counts.map((_, n) => String(n));
    const most = Math.max(1, ...counts.flatMap((line, r) => line.filter((_, c) => c !== r)));
    table.replaceChildren();
    const caption = table.createCaption();
    caption.textContent = "The true digit ↓, and what it was read as →";
    const first = table.createTHead().insertRow();
    first.append(document.createElement("td"), ...names.map((name) => head(name, "col")));
    const body = table.createTBody();
    counts.forEach((line, r) => {
      const row = body.insertRow();
      row.append(head(names[r], "row"));
      line.forEach((count, c) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = count;
        button.dataset.row = r;
        button.dataset.column = c;
        button.className = r === c ? "lm-right-answer" : count ? "" : "lm-none";
        // The square root: one mistake is seen beside forty.
        if (r !== c) button.style.setProperty("--heat", `${Math.round(70 * Math.sqrt(count / most))}%`);
        button.setAttribute("aria-label", `really ${r}, read as ${c}: ${count}`);
        button.onclick = () => choose(r, c);
        row.insertCell().append(button);
      });
    });
    mark();
  }

  // One cell alone is in the order of Tab: the chosen one. Arrow keys do the rest.
  function mark() {
    const [row, column] = model.get("selected");
    for (const button of table.querySelectorAll("button")) {
      const chosen = Number(button.dataset.row) === row && Number(button.dataset.column) === column;
      button.tabIndex = chosen ? 0 : -1;
      button.setAttribute("aria-pressed", chosen);
    }
  }

  table.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!(event.key in steps)) return;
    const last = model.get("counts").length - 1;
    const [row, column] = model.get("selected").map((n, i) => Math.max(0, Math.min(last, n + steps[event.key][i])));
    choose(row, column);
    event.preventDefault();
    event.stopPropagation();
  });

  model.on("change:counts", draw);
  model.on("change:selected", mark);
  draw();
  return () => {
    model.off("change:counts", draw);
    model.off("change:selected", mark);
  };
}

export default { initialize: listen, render };
