// New mail appears in the open list without a reload; while a person has scrolled or chosen, it waits behind "3 new".
// Says "renewed" on <body> when the list is as the server has it; does it at once when it hears "renew".

const $ = (id) => document.getElementById(id);
const body = document.body;
const SOON = 250; // milliseconds, so that several changes are one look
const AGAIN = 1000; // between two looks, however much comes
let planned;
let looked = 0;
let wanted = false; // the list itself, not only the numbers beside the folders

const busy = () => $("rows").scrollTop > 40 || $("rows").querySelector(".pick :checked");

function say(news) {
  $("fresh").hidden = !news;
  $("fresh").lastElementChild.textContent = $("fresh").dataset.words.replace("0", news);
}

// Rows that have not changed stay the very elements they are, and so does one that waits for its answer: htmx looks for
// what the answer replaces from where the question came from, and finds nothing from a row that is gone.
const stays = (old, row) => old && (old.dataset.v === row.dataset.v || old.querySelector(".htmx-request"));

function replaceRows(fresh) {
  const focused = document.activeElement?.closest?.("#rows .row")?.id;
  for (const row of fresh.querySelectorAll(".row")) {
    const old = $(row.id);
    if (stays(old, row)) row.replaceWith(old);
  }
  $("rows").replaceChildren(...fresh.childNodes);
  htmx.process($("rows"));
  if (focused) $(focused)?.querySelector(".row-link").focus({ preventScroll: true });
  say(0);
}

function patchRows(fresh) {
  const rows = [...fresh.querySelectorAll(".row")];
  const known = rows.findLastIndex((row) => $(row.id));
  say(rows.slice(0, known + 1).filter((row) => !$(row.id)).length);
  for (const row of rows) {
    const old = $(row.id);
    if (!old || stays(old, row)) continue;
    row.querySelector(".pick input").checked = old.querySelector(".pick input").checked;
    old.replaceWith(row);
    htmx.process(row);
  }
}

async function renew(anyway = false) {
  const list = $("list");
  if (!list?.dataset.url) return;
  const answer = await fetch(list.dataset.url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return void (list.dataset.stamp = $("places")?.dataset.stamp ?? ""); // or it would be asked for ever
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("list");
  if (!fresh || $("list") !== list || fresh.dataset.url !== list.dataset.url) return;
  Object.assign(list.dataset, fresh.dataset);
  list.querySelector(".viewbar .n")?.replaceWith(fresh.querySelector(".viewbar .n"));
  if (busy() && !anyway) patchRows(fresh.querySelector("#rows"));
  else replaceRows(fresh.querySelector("#rows"));
  if (anyway) $("rows").scrollTop = 0;
  body.dispatchEvent(new CustomEvent("renewed"));
}

function look() {
  planned = undefined;
  looked = Date.now();
  if ($("places")) htmx.trigger("#places", "refresh");
  if (wanted) renew();
  wanted = false;
}

function soon(list) {
  wanted ||= list;
  planned ??= setTimeout(look, Math.max(SOON, looked + AGAIN - Date.now()));
}

body.addEventListener("live:folder", ({ detail }) => soon($("list")?.dataset.folders?.split(" ").includes(String(detail))));
body.addEventListener("live:outgoing", () => document.querySelector("#rows .snip > .state") && soon(true));
body.addEventListener("live:poll", () => soon(false));
body.addEventListener("unfiled", () => renew());
body.addEventListener("renew", () => renew(true));
body.addEventListener("click", (event) => event.target.closest("[data-do=fresh]") && renew(true));

// The numbers came, and they are not those that the list was made with: a letter came or went unheard.
body.addEventListener("htmx:afterRequest", () => {
  if ($("list")?.dataset.stamp && $("places") && $("places").dataset.stamp !== $("list").dataset.stamp) soon(true);
});

// A row that was replaced while it had the focus keeps it.
body.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
  if (!target.matches(".row") || !target.contains(document.activeElement)) return;
  setTimeout(() => document.activeElement === body && $(target.id)?.querySelector(".row-link").focus({ preventScroll: true }));
});
