// A table that sorts. A click on a heading sorts by it, a second click turns the order round; a click on a row (or
// Enter on it) chooses it. A cell is a text, a number, or {value, text, share, interval}: sorted by `value`, shown as
// `text`, with a bar as long as `share` (0 to 1) and a whisker over `interval` (two shares).
const valueOf = (cell) => (cell !== null && typeof cell === "object" ? cell.value : cell);
const textOf = (cell) => String(cell !== null && typeof cell === "object" ? cell.text : cell);

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function drawBar(field, { text, share, interval }) {
  const [number, bar] = [document.createElement("span"), document.createElement("span")];
  number.className = "lm-number";
  number.textContent = text;
  bar.className = "lm-share";
  bar.style.setProperty("--share", `${100 * share}%`);
  interval?.forEach((end, n) => bar.style.setProperty(n ? "--high" : "--low", `${100 * end}%`));
  field.append(number, bar);
}

function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "lm-table-scroll";
  box.setAttribute("data-lm-suppress-shortcuts", "true");
  el.appendChild(box);

  function draw() {
    const [columns, rows] = [model.get("columns"), model.get("rows")];
    const [by, down] = [model.get("sort_by"), model.get("descending")];
    const chosen = new Set(model.get("selected"));
    const order = rows.map((_, number) => number);
    if (by >= 0 && by < columns.length) {
      order.sort((a, b) => compare(valueOf(rows[a][by]), valueOf(rows[b][by])) * (down ? -1 : 1));
    }
    const numeric = columns.map((_, c) => rows.length > 0 && typeof valueOf(rows[0][c]) === "number");
    const withBar = columns.map((_, c) => rows.some((cells) => cells[c]?.share !== undefined));
    const table = document.createElement("table");
    table.className = "lm-table";
    const head = table.createTHead().insertRow();
    columns.forEach((name, c) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.setAttribute("aria-sort", c !== by ? "none" : down ? "descending" : "ascending");
      const button = document.createElement("button");
      button.type = "button";
      button.className = numeric[c] && !withBar[c] ? "lm-right" : "";
      button.textContent = name + (c !== by ? "" : down ? " ▾" : " ▴");
      button.onclick = () => {
        model.set({ sort_by: c, descending: c === by ? !down : numeric[c] });
        model.save_changes();
        box.querySelectorAll("thead button")[c].focus();
      };
      cell.append(button);
      head.append(cell);
    });
    const body = table.createTBody();
    for (const number of order) {
      const line = body.insertRow();
      line.tabIndex = 0;
      line.dataset.row = number;
      line.setAttribute("aria-selected", chosen.has(number));
      rows[number].forEach((cell, c) => {
        const field = line.insertCell();
        const bar = cell !== null && typeof cell === "object" && "share" in cell;
        if (numeric[c] && !withBar[c]) field.className = "lm-right";
        if (bar) drawBar(field, cell);
        else field.append(textOf(cell));
      });
    }
    box.replaceChildren(table);
    box.hidden = rows.length === 0;
  }

  function choose(line) {
    const number = Number(line.dataset.row);
    const before = model.get("selected");
    const most = model.get("most_selected");
    const after = before.includes(number) ? before.filter((n) => n !== number) : [...before, number].slice(-most);
    model.set("selected", after);
    model.save_changes();
    box.querySelector(`tr[data-row="${number}"]`).focus();
  }
  box.addEventListener("click", (event) => {
    const line = event.target.closest("tbody tr");
    if (line) choose(line);
  });
  box.addEventListener("keydown", (event) => {
    const line = event.target.closest("tbody tr");
    if (!line || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    choose(line);
  });

  const watched = "change:columns change:rows change:selected change:sort_by change:descending";
  model.on(watched, draw);
  draw();
  return () => model.off(watched, draw);
}

export default { render };
