// The list: how many are chosen, and what has left it.

const $ = (id) => document.getElementById(id);
const body = document.body;
const LEAVING = 160; // milliseconds, as the style sheet has it
let last; // the checkbox pressed last, where a range begins

// ── Choosing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
const boxes = () => [...document.querySelectorAll("#rows .pick input")];

function count() {
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  if ($("picked")) $("picked").value = picked;
  const every = document.querySelector("[name=every]");
  if (every && picked < all.length) every.checked = false;
  if ($("all")) Object.assign($("all"), { checked: picked > 0, indeterminate: picked > 0 && picked < all.length });
}

function pick(box, range) {
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (range && from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  last = box;
  count();
}

function pickAll(on) {
  for (const box of boxes()) box.checked = on;
  count();
}

body.addEventListener("click", (event) => {
  if (event.target.matches("#rows .pick input")) pick(event.target, event.shiftKey);
  if (event.target.id === "all") pickAll(event.target.checked);
  if (event.target.closest("[data-do=clear]")) pickAll(false);
});
body.addEventListener("pick", ({ detail: { box, range } }) => {
  box.checked = !box.checked;
  pick(box, range);
});
body.addEventListener("unpick", () => pickAll(false));
body.addEventListener("pick-all", ({ detail }) => pickAll(detail));

// ── Leaving ──────────────────────────────────────────────────────────────────────────────────────────────────────────
function tidy() {
  for (const day of document.querySelectorAll("#rows .rows:not(:has(.row))")) {
    if (day.previousElementSibling?.matches(".day")) day.previousElementSibling.remove();
    day.remove();
  }
  if (!document.querySelector("#rows .row")) body.dispatchEvent(new CustomEvent("renew"));
  count();
}

body.addEventListener("filed", ({ detail: { rows } }) => {
  const leaving = rows.map((id) => $(`t${id}`)).filter(Boolean);
  const ids = new Set(leaving.map((row) => row.id));
  const all = [...document.querySelectorAll("#rows .row")];
  const after = all.slice(all.findLastIndex((row) => ids.has(row.id)) + 1).find((row) => !ids.has(row.id));
  const next = after ?? all.findLast((row) => !ids.has(row.id));
  const wasOpen = leaving.some((row) => row.querySelector("[aria-current]"));
  const hadFocus = leaving.some((row) => row.contains(document.activeElement));
  for (const row of leaving) row.dataset.leaving = "";
  setTimeout(() => {
    for (const row of leaving) row.remove();
    tidy();
    if (hadFocus) next?.querySelector(".row-link").focus();
  }, LEAVING);
  if (wasOpen || !leaving.length) body.dispatchEvent(new CustomEvent("open-next", { detail: next }));
});

for (const event of ["renewed", "htmx:afterRequest"]) body.addEventListener(event, count);
count();
