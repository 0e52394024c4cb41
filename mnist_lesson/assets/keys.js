// Keys for a panel's buttons: 0 to 9 press the one with that digit, or the one that waits for any key. When the focused
// button disappears, the focus goes on to the next one that shows, or to the sheet, so that the keys go on working.
function render({ model, el }) {
  let panel = null;
  let last = null; // what had the focus
  let waiting = requestAnimationFrame(begin);
  const shows = (button) => button.offsetParent !== null && !button.disabled;
  const buttons = () => [...panel.querySelectorAll("button")].filter(shows);
  let soon = 0;
  const observer = new MutationObserver(() => {
    clearTimeout(soon);
    soon = setTimeout(goOn, 50); // Python hides and shows buttons one by one
  });

  function goOn() {
    if (!last || shows(last)) return;
    last = null;
    const next = buttons().find((one) => one.matches(".mod-primary")) ?? panel.querySelector("canvas") ?? buttons()[0];
    next?.focus({ preventScroll: true });
  }

  function begin() {
    panel = el.closest(".lm-panel");
    if (!panel) return (waiting = requestAnimationFrame(begin)); // not in the page yet
    panel.addEventListener("keydown", press);
    panel.addEventListener("focusin", note);
    panel.addEventListener("focusout", leave);
    observer.observe(panel, { attributes: true, attributeFilter: ["style"], subtree: true });
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const waits = (one) => one.matches(".lm-any-key") && !event.repeat && /^[0-9]$/.test(event.key);
    const button = buttons().find((one) => one.textContent.trim() === event.key || waits(one));
    if (!button) return;
    event.preventDefault();
    button.focus({ preventScroll: true }); // as after a click with the mouse
    button.click();
  }
  function note(event) {
    last = event.target.closest("button");
  }
  function leave(event) {
    if (event.relatedTarget) last = null; // gone elsewhere, and it may stay there
  }

  return () => {
    cancelAnimationFrame(waiting);
    clearTimeout(soon);
    observer.disconnect();
    panel?.removeEventListener("keydown", press);
    panel?.removeEventListener("focusin", note);
    panel?.removeEventListener("focusout", leave);
  };
}

export default { initialize: listen, render };
