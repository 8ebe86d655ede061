/* Lists: one tick for all rows of the page; long forms say that they are at work. */
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-check-all]")) return;
    event.target.form.querySelectorAll("[name=row]").forEach((box) => { box.checked = event.target.checked; });
  });
  document.addEventListener("submit", (event) => {
    event.target.matches("[data-slow]") && event.target.querySelector(".busy")?.removeAttribute("hidden");
  });
})();
