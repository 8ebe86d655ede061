/* A picture that zooms and pans. Without this file it scrolls in its box. */
(() => {
  "use strict";
  const box = document.querySelector("[data-landscape]"), svg = box && box.querySelector("svg");
  if (!svg) return;
  const { width, height } = svg.viewBox.baseVal, now = () => svg.getBoundingClientRect().width / width;
  const zoom = (to, x = box.clientWidth / 2, y = box.clientHeight / 2) => {
    const was = now(), size = Math.min(4, Math.max(0.2, to));
    const left = (box.scrollLeft + x) / was, top = (box.scrollTop + y) / was;
    svg.classList.add("zoomed");
    svg.setAttribute("width", width * size);
    svg.setAttribute("height", height * size);
    box.scrollTo(left * size - x, top * size - y);
  };
  const acts = {
    in: () => zoom(now() * 1.25),
    out: () => zoom(now() / 1.25),
    fit: () => zoom(Math.min(box.clientWidth / width, box.clientHeight / height)),
  };
  for (const bar of document.querySelectorAll("[data-zooms]")) bar.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) acts[button.dataset.zoom]();
  });
  box.addEventListener("keydown", (event) => {
    const act = { "+": "in", "=": "in", "-": "out", "0": "fit" }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[act]();
  });
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const at = box.getBoundingClientRect();
    zoom(now() * Math.exp(-event.deltaY / 300), event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });

  let held = null, moved = false;
  box.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType === "touch") return;
    held = [event.clientX + box.scrollLeft, event.clientY + box.scrollTop, event.clientX, event.clientY];
    moved = false;
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    moved = moved || Math.hypot(event.clientX - held[2], event.clientY - held[3]) > 4;
    if (moved) box.scrollTo(held[0] - event.clientX, held[1] - event.clientY);
  });
  addEventListener("pointerup", () => { held = null; });
  box.addEventListener("dragstart", (event) => event.preventDefault());
  box.addEventListener("click", (event) => { if (moved) { event.preventDefault(); moved = false; } }, true);
})();
