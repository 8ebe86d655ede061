/* Theme, palette, keys and calm live parts; only the theme is kept, in this browser. */
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  const theme = () => { try { return localStorage.getItem("theme") || "auto"; } catch { return "auto"; } };
  const paint = () => {
    const name = theme();
    if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name;
    all("[data-set-theme]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.setTheme === name)));
  };
  paint();

  const typing = (el) => el.closest("input, textarea, select, [contenteditable]");
  const open = (dialog) => { if (dialog && !dialog.open) { dialog.showModal(); $("input", dialog)?.select(); } };

  /* One row of a list is current. */
  const rows = () => all("[data-row]").filter((row) => row.offsetParent !== null);
  const current = () => $("[data-row].current");
  let place = -1;
  const choose = (row) => {
    if (!row) return;
    place = rows().indexOf(row);
    current()?.classList.remove("current");
    row.classList.add("current");
    if (!row.hasAttribute("tabindex")) row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const list = rows(), at = list.indexOf(current());
    choose(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.max(0, Math.min(list.length - 1, at + by))]);
  };
  const press = (el) => {
    if (!el) return false;
    el.click();
    const details = el.closest("details");
    if (details?.open) $("input:not([type=hidden]), textarea", details)?.focus();
    return true;
  };
  const rowKey = (key) => {
    const row = current();
    const find = (from) => from && press($(`[data-key="${key}"]`, from));
    return Boolean(find(row) || find(row?.closest("[data-group]")));
  };

  let going = 0;
  const go = (key) => {
    const link = all("[data-go]").find((el) => el.dataset.go === key);
    link?.click();
    return link;
  };

  const inPalette = (event) => {
    const hits = all("#palette .hit"), at = hits.findIndex((h) => h.getAttribute("aria-selected") === "true");
    const mark = (i) => {
      hits.forEach((h, n) => h.setAttribute("aria-selected", String(n === i)));
      hits[i]?.scrollIntoView({ block: "nearest" });
      const input = $("#palette input");
      if (hits[i]) input.setAttribute("aria-activedescendant", hits[i].id);
      else input.removeAttribute("aria-activedescendant");
    };
    if (event.key === "ArrowDown") mark(Math.min(hits.length - 1, at + 1));
    else if (event.key === "ArrowUp") mark(Math.max(0, at - 1));
    else if (event.key === "Enter") (hits[at] || hits[0])?.click();
    else return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    const palette = $("#palette");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(palette);
      return;
    }
    if (palette?.open) { inPalette(event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (event.key === "Escape") { all("details.menu[open], details[data-row-form][open]").forEach((d) => { d.open = false; $("summary", d).focus(); }); }
    if (typing(event.target)) return;
    const recent = Date.now() - going < 1000;
    going = 0;
    let used = true;
    if (recent && go(event.key));
    else if (event.key === "/") open(palette);
    else if (event.key === "?") open($("#keys"));
    else if (event.key === "g") going = Date.now();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "Enter" && current() === event.target) $("[data-open]", current())?.click();
    else used = event.key.length === 1 && rowKey(event.key);
    if (used) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const at = event.target;
    const opener = at.closest("[data-dialog]");
    if (opener) { open(document.getElementById(opener.dataset.dialog)); opener.closest("details.menu")?.removeAttribute("open"); }
    if (at.closest("[data-close]")) at.closest("dialog")?.close();
    if (at.matches("dialog")) {
      const box = at.getBoundingClientRect();
      if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) at.close();
    }
    const themed = at.closest("[data-set-theme]");
    if (themed) { try { localStorage.setItem("theme", themed.dataset.setTheme); } catch { /* private window */ } paint(); }
    if (at.closest("[data-dismiss]")) at.closest(".note")?.remove();
    const copy = at.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText($(copy.dataset.copy).textContent.trim()).then(() => { copy.dataset.done = "1"; $("[data-word]", copy).textContent = "Copied"; });
    if (at.closest("[data-print]")) window.print();
    all("details.menu[open]").forEach((d) => { if (!d.contains(at)) d.open = false; });
    const row = at.closest("[data-row]");
    if (row && !at.closest("a, button, input, summary, label, select")) choose(row);
  });

  /* After an act on a row the one that took its place is current. */
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.verb === "post" && place >= 0 && !current()) choose(rows()[Math.min(place, rows().length - 1)]);
  });

  /* Forms that act at once when a choice is made. */
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submit]")) event.target.form.requestSubmit(); });

  /* A live part waits while somebody reads in it. */
  const read = (el) => el.matches(":hover, :focus-within") || $("details[open]", el)
    || (!getSelection().isCollapsed && el.contains(getSelection().anchorNode));
  const last = new WeakMap();
  const bare = (html) => html.replace(/class="rel">[^<]*|csrfmiddlewaretoken" value="[^"]*/g, "");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.matches?.("[data-live]")) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const el = event.detail.requestConfig.elt;
    if (!el.matches?.("[data-live]")) return;
    if (event.detail.xhr.status !== 200) return;
    const now = bare(event.detail.xhr.responseText), same = last.get(el) === now;
    const asked = event.detail.requestConfig.triggeringEvent?.type === "refresh";
    const wait = !asked && !same && read(el);
    el.classList.toggle("is-held", Boolean(wait && (last.has(el) || el.id === "flow")));
    if (same || wait) event.detail.shouldSwap = false;
    else last.set(el, now);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-refresh]");
    if (button) window.htmx.trigger(button.closest("[data-live]"), "refresh");
  });
  document.addEventListener("htmx:responseError", (event) => {
    const el = event.detail.elt;
    if (!el.matches?.("[data-live]")) $("#trouble")?.removeAttribute("hidden");
  });

  const ago = (seconds) => {
    const s = Math.max(0, Math.round(seconds));
    if (s < 5) return "now";
    if (s < 60) return `${s} s ago`;
    if (s < 3600) return `${Math.floor(s / 60)} min ago`;
    if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
    return null;
  };
  const tick = () => all("time[data-ago]").forEach((el) => {
    const words = ago((Date.now() - Date.parse(el.dateTime)) / 1000), rel = $(".rel", el);
    if (words && rel && rel.textContent !== words && Date.parse(el.dateTime) <= Date.now()) rel.textContent = words;
  });

  document.addEventListener("DOMContentLoaded", () => {
    paint();
    $("[data-error-summary]")?.focus();
    setInterval(tick, 10000);
  });
})();
