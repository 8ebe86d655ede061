/* A grid edited by keyboard. A table with data-grid holds inputs or selects with data-cell.
   Arrows, Home and End move; letters of data-letters toggle; Delete clears; a block is pasted; Ctrl-Z undoes. */
(() => {
  "use strict";
  const start = (grid) => {
    const rows = [...grid.rows].map((row) => [...row.querySelectorAll("[data-cell]")]).filter((row) => row.length);
    const letters = grid.dataset.letters || "", done = [], form = grid.closest("form");
    const status = document.querySelector("[data-grid-status]");
    let saving = false;
    const first = (cell) => cell.options
      ? ([...cell.options].find((one) => one.defaultSelected) || cell.options[0]).value : cell.defaultValue;
    const changed = () => rows.flat().filter((cell) => cell.value !== first(cell));
    const bare = (text) => letters ? [...letters].filter((one) => text.toUpperCase().includes(one)).join("") : text;
    const read = (cell, text) => {
      if (!cell.options) return bare(text);
      const wanted = text.trim().toLowerCase();
      const found = [...cell.options].find((one) => [one.value, one.text].some((t) => t.toLowerCase() === wanted));
      return found ? found.value : cell.value;
    };
    const mark = (cell) => cell.classList.toggle("changed", cell.value !== first(cell));
    const tell = () => {
      const n = changed().length;
      if (status) status.textContent = n ? `${n} cell${n === 1 ? "" : "s"} changed, not saved` : "";
    };
    const write = (pairs) => {
      const news = pairs.filter(([cell, value]) => cell.value !== value);
      if (!news.length) return;
      done.push(news.map(([cell]) => [cell, cell.value]));
      for (const [cell, value] of news) { cell.value = value; mark(cell); }
      tell();
    };
    const undo = () => { for (const [cell, value] of done.pop() || []) { cell.value = value; mark(cell); } tell(); };
    const at = (cell) => {
      const y = rows.findIndex((row) => row.includes(cell));
      return [y, y < 0 ? -1 : rows[y].indexOf(cell)];
    };
    const go = (y, x) => {
      const row = rows[Math.max(0, Math.min(rows.length - 1, y))];
      row[Math.max(0, Math.min(row.length - 1, x))].focus();
    };
    const enter = (cell) => {
      for (const one of rows.flat()) one.tabIndex = one === cell ? 0 : -1;
      if (cell.select) cell.select();
    };
    rows.flat().forEach((cell, n) => { cell.tabIndex = n ? -1 : 0; });

    grid.addEventListener("focusin", (event) => { if (event.target.matches("[data-cell]")) enter(event.target); });
    grid.addEventListener("keydown", (event) => {
      const cell = event.target, [y, x] = at(cell), key = event.key;
      if (y < 0 || event.altKey) return;
      const ctrl = event.ctrlKey || event.metaKey;
      const steps = { ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1],
        Home: [y, 0], End: [y, Infinity] };
      if (ctrl && key === "Enter") form?.requestSubmit();
      else if (ctrl && key.toLowerCase() === "z") undo();
      else if (ctrl) return;
      else if (steps[key]) go(...steps[key]);
      else if (key === "Enter") go(y + (event.shiftKey ? -1 : 1), x);
      else if (key === "Delete" || key === "Backspace") write([[cell, cell.options ? cell.options[0].value : ""]]);
      else if (key.length === 1 && letters && !cell.options) {
        const one = key.toUpperCase();
        if (letters.includes(one)) {
          write([[cell, bare(cell.value.includes(one) ? cell.value.replace(one, "") : cell.value + one)]]);
        }
      } else return;
      event.preventDefault();
    });
    /* keyboards on screens send no keys, only what stands then */
    grid.addEventListener("input", (event) => {
      if (!event.target.options) event.target.value = bare(event.target.value);
      mark(event.target);
      tell();
    });
    grid.addEventListener("copy", (event) => {
      if (at(event.target)[0] < 0) return;
      event.clipboardData.setData("text/plain", event.target.value);
      event.preventDefault();
    });
    grid.addEventListener("paste", (event) => {
      const [y, x] = at(event.target);
      if (y < 0) return;
      const block = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "").split(/\r?\n/);
      write(block.flatMap((line, down) => line.split("\t").flatMap((text, right) => {
        const cell = rows[y + down]?.[x + right];
        return cell ? [[cell, read(cell, text)]] : [];
      })));
      event.preventDefault();
    });
    form?.addEventListener("submit", () => { saving = true; });
    window.addEventListener("beforeunload", (event) => { if (!saving && changed().length) event.preventDefault(); });
  };
  document.querySelectorAll("[data-grid]").forEach(start);
})();
