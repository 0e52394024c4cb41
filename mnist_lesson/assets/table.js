// A table that sorts. A click on a heading sorts by it, a second click turns the order round; a click on a row (or
// Enter on it) chooses it. A cell is a text, a number, or {value, text, share, interval}: sorted by `value`, shown as
// `text`, with a dot at `share` (0 to 1) on a bar over its `interval` (two shares). All dots of a column stand on one axis,
// cut to where they are, so that one sees which is better; its heading says from where to where it goes.
const valueOf = (cell) => (cell !== null && typeof cell === "object" ? cell.value : cell);
const textOf = (cell) => String(cell !== null && typeof cell === "object" ? cell.text : cell);

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function span(className, text = "") {
  return Object.assign(document.createElement("span"), { className, textContent: text });
}

// Where a column's axis begins and ends, in whole hundredths. One run that went wrong would squeeze all others into a
// corner: whatever is far below the best is left out, and its dot stands at the left edge, as an arrow.
const FAR = 0.25;
function axisOf(cells) {
  const shares = cells.filter((cell) => cell?.share !== undefined);
  const best = Math.max(...shares.map((cell) => cell.share));
  const ends = shares.filter((cell) => cell.share > best - FAR).flatMap((cell) => cell.interval ?? [cell.share]);
  const low = Math.floor(100 * Math.min(...ends)) / 100;
  return [low, Math.max(low + 0.01, Math.ceil(100 * Math.max(...ends)) / 100)];
}

function drawDot(field, { text, share, interval }, [low, high]) {
  const bar = span(share < low ? "lm-share lm-off" : "lm-share");
  const place = (value) => `${100 * Math.min(Math.max((value - low) / (high - low), 0), 1)}%`;
  bar.style.setProperty("--share", place(share));
  bar.style.setProperty("--low", place(interval?.[0] ?? share));
  bar.style.setProperty("--high", place(interval?.[1] ?? share));
  field.append(span("lm-number", text), bar);
}

function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "lm-table-scroll";
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
    const axes = columns.map((_, c) => withBar[c] && axisOf(rows.map((cells) => cells[c])));
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
      const title = name + (c !== by ? "" : down ? " ▾" : " ▴");
      button.append(withBar[c] ? span("lm-number", title) : title);
      if (withBar[c]) {
        const axis = span("lm-axis");
        axis.title = "A dot for each row, and its interval as a bar, on an axis that doesn't begin at 0.";
        axis.append(...axes[c].map((end) => span("", `${Math.round(100 * end)}%`)));
        button.append(axis);
      }
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
        if (bar) drawDot(field, cell, axes[c]);
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

export default { initialize: listen, render };
