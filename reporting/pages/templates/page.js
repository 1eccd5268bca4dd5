"use strict";
const shows = name => document.body.classList.contains(name);
const number = cell => parseFloat((shows("gains") ? cell.dataset.gain : cell.dataset.value) ?? cell.innerText.replaceAll(",", ""));
const compare = (one, other, sign) => {
  const [a, b] = [number(one), number(other)], [noA, noB] = [Number.isNaN(a), Number.isNaN(b)];
  return noA && noB ? sign * one.innerText.localeCompare(other.innerText) : noA || noB ? noA - noB : sign * (a - b);
};
const again = [];
for (const table of document.querySelectorAll("table")) {
  const heads = [...[...table.tHead.rows].at(-1).cells], body = table.tBodies[0], order = [...body.rows];
  let by = 0, sign = -1;
  const sort = () => {
    heads.forEach(head => head.removeAttribute("aria-sort"));
    if (by > 0) heads[by].setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
    const rows = by === 0 ? order : [...body.rows].sort((a, b) => compare(a.cells[by], b.cells[by], sign));
    rows.forEach(row => body.append(row));
  };
  const click = index => { sign = index === by ? -sign : -1; by = index; sort(); };
  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.addEventListener("click", () => click(index));
  });
  again.push(() => { if (by > 0) sort(); });
}
for (const box of document.querySelectorAll(".switch input"))
  box.addEventListener("change", () => { document.body.classList.toggle(box.id, box.checked); again.forEach(sort => sort()); });
/* A table that is wider than the page says so, and scrolls by the keys. */
const wide = new ResizeObserver(entries => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth + 1;
    target.toggleAttribute("data-scrolls", scrolls);
    if (scrolls) target.tabIndex = 0; else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll(".scroll, figure:not(.player figure)")) wide.observe(box);
/* What a link leads to, and what is printed, is unfolded. */
const parts = [...document.querySelectorAll("details.part")];
const unfold = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1)), part = target && target.closest("details.part");
  const folded = target && target.closest("details.example:not([open])");
  if (folded) folded.open = true;
  if (part && (folded || !part.open)) { part.open = true; target.scrollIntoView(); }
};
window.addEventListener("hashchange", unfold);
unfold();
window.addEventListener("beforeprint", () => parts.forEach(part => { part.wasOpen = part.open; part.open = true; }));
window.addEventListener("afterprint", () => parts.forEach(part => { part.open = part.wasOpen; }));
