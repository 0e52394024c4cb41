// Lets one point at the numbers of a panel's pictures: a click, or dragging, says which number of which picture it was.
// The pictures are HTML that Python sends anew each time, so we listen at the panel, which stays.
function render({ model, el }) {
  let panel = null;
  let waiting = requestAnimationFrame(begin);

  function begin() {
    panel = el.closest(".lm-panel");
    if (!panel) return (waiting = requestAnimationFrame(begin)); // not in the page yet
    panel.classList.add("lm-pointing");
    panel.addEventListener("pointerdown", point);
    panel.addEventListener("pointermove", point);
  }

  function point(event) {
    const paper = event.target.closest(".lm-paper");
    if (!paper || !(event.buttons & 1)) return;
    event.preventDefault(); // or the browser would drag the picture away
    const picture = paper.querySelector("img");
    const box = picture.getBoundingClientRect();
    const share = (from, length) => Math.min(Math.max(from / length, 0), 0.9999);
    // Each number is one pixel of the picture, before the page makes it larger.
    const row = Math.floor(share(event.clientY - box.top, box.height) * picture.naturalHeight);
    const column = Math.floor(share(event.clientX - box.left, box.width) * picture.naturalWidth);
    const place = [[...panel.querySelectorAll(".lm-paper")].indexOf(paper), row, column];
    if (place.join() === model.get("place").join()) return;
    model.set("place", place);
    model.save_changes();
  }

  return () => {
    cancelAnimationFrame(waiting);
    panel?.removeEventListener("pointerdown", point);
    panel?.removeEventListener("pointermove", point);
  };
}

export default { initialize: listen, render };
