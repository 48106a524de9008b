// The list: how many are chosen, what has left, and new mail appearing without a reload.

const $ = (id) => document.getElementById(id);
const body = document.body;
const LEAVING = 160; // milliseconds, as the style sheet has it
let asked; // the refresh that is about to happen
let last; // the checkbox pressed last, where a range begins

// ── Choosing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
const boxes = () => [...document.querySelectorAll("#rows .pick input")];

function count() {
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  if ($("picked")) $("picked").value = picked;
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
  if (event.target.closest("[data-do=fresh]")) renew(true);
});
body.addEventListener("pick", ({ detail: { box, range } }) => {
  box.checked = !box.checked;
  pick(box, range);
});
body.addEventListener("pick-all", ({ detail }) => pickAll(detail));

// ── Leaving ──────────────────────────────────────────────────────────────────────────────────────────────────────────
function tidy() {
  for (const day of document.querySelectorAll("#rows .rows:not(:has(.row))")) {
    if (day.previousElementSibling?.matches(".day")) day.previousElementSibling.remove();
    day.remove();
  }
  if (!document.querySelector("#rows .row")) renew(true);
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

// ── New mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────
const busy = () => $("rows").scrollTop > 40 || boxes().some((box) => box.checked);

function say(news) {
  $("fresh").hidden = !news;
  $("fresh").lastElementChild.textContent = $("fresh").dataset.words.replace("0", news);
}

function keepOld(rows) {
  for (const row of rows.querySelectorAll(".row")) {
    const old = $(row.id);
    if (old?.dataset.v === row.dataset.v) row.replaceWith(old);
  }
}

function replaceRows(fresh) {
  const focused = document.activeElement?.closest?.("#rows .row")?.id;
  keepOld(fresh);
  $("rows").replaceChildren(...fresh.childNodes);
  htmx.process($("rows"));
  if (focused) $(focused)?.querySelector(".row-link").focus({ preventScroll: true });
  say(0);
}

function patchRows(fresh) {
  let news = 0;
  for (const row of fresh.querySelectorAll(".row")) {
    const old = $(row.id);
    if (!old) news += 1;
    else if (old.dataset.v !== row.dataset.v) {
      row.querySelector(".pick input").checked = old.querySelector(".pick input").checked;
      old.replaceWith(row);
      htmx.process(row);
    }
  }
  say(news);
}

async function renew(anyway = false) {
  const list = $("list");
  if (!list?.dataset.url) return;
  const answer = await fetch(list.dataset.url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("list");
  if (!fresh || $("list") !== list || fresh.dataset.url !== list.dataset.url) return;
  Object.assign(list.dataset, fresh.dataset);
  list.querySelector(".viewbar .n")?.replaceWith(fresh.querySelector(".viewbar .n"));
  if (busy() && !anyway) patchRows(fresh.querySelector("#rows"));
  else replaceRows(fresh.querySelector("#rows"));
  if (anyway) $("rows").scrollTop = 0;
  body.dispatchEvent(new CustomEvent("renewed"));
  count();
}

function soon() {
  clearTimeout(asked);
  asked = setTimeout(renew, 250);
}

body.addEventListener("live:folder", ({ detail }) => {
  if ($("list")?.dataset.folders?.split(" ").includes(String(detail))) soon();
  if ($("places")) htmx.trigger("#places", "refresh");
});
body.addEventListener("live:outgoing", () => document.querySelector("#rows .snip > .state") && soon());
body.addEventListener("live:poll", () => $("places") && htmx.trigger("#places", "refresh"));
body.addEventListener("unfiled", () => renew());
body.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
  if (!target.matches(".row") || !target.contains(document.activeElement)) return;
  setTimeout(() => document.activeElement === body && $(target.id)?.querySelector(".row-link").focus({ preventScroll: true }));
});
body.addEventListener("htmx:afterRequest", () => {
  if ($("list")?.dataset.stamp && $("places") && $("places").dataset.stamp !== $("list").dataset.stamp) soon();
  count();
});
count();
