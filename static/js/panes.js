// List and reader side by side, or one after the other: what is open, what "back" means, where the focus goes.

const $ = (id) => document.getElementById(id);
const body = document.body;
const PATIENCE = 120; // milliseconds before waiting is shown
let byKey = false; // J and K keep the focus in the list

const links = () => [...document.querySelectorAll("#rows .row-link")];
const current = () => document.querySelector("#rows .row-link[aria-current]");
const where = (href) => {
  const url = new URL(href, location.href);
  return `${url.pathname} ${url.searchParams.get("letter") ?? ""}`; // of people who want no conversations each row is a letter
};

function mark() {
  for (const link of links()) {
    if (body.dataset.view === "reader" && where(link.href) === where(location.href)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function showList() {
  body.dataset.view = "list";
  const nothing = $("nothing-open")?.content.cloneNode(true);
  if (nothing) $("reader").replaceChildren(nothing);
  document.title = $("list").dataset.title;
  mark();
}

function go(link, keep = false) {
  if (!link) return;
  byKey = keep;
  if (keep) link.focus();
  link.scrollIntoView({ block: "nearest" });
  link.click();
}

function step(by) {
  const all = links();
  const at = all.indexOf(current() ?? document.activeElement);
  const open = body.dataset.view === "reader" && current();
  const to = all[at < 0 ? 0 : at + by];
  if (open) go(to, true);
  else to?.focus();
}

function back() {
  const focus = current();
  if (!$("list")) return false;
  if (history.state?.opened) history.back();
  else history.replaceState(null, "", $("list").dataset.url);
  showList();
  focus?.focus();
  return true;
}

body.addEventListener("step", ({ detail }) => step(detail));
body.addEventListener("go-back", back);
body.addEventListener("open-next", ({ detail: row }) => {
  const link = row?.querySelector(".row-link");
  if (body.dataset.view !== "reader" && !document.querySelector("#reader .convo")) return;
  if (link && body.dataset.view === "reader" && matchMedia("(width >= 52rem)").matches) go(link, true);
  else if (!back()) location.assign(document.querySelector("#reader [data-do=back]")?.href ?? "/");
});
body.addEventListener("renewed", () => {
  mark();
  if (body.dataset.view === "list") document.title = $("list").dataset.title;
});

body.addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "back" && back()) event.preventDefault();
  if (what === "older") step(1);
  if (what === "newer") step(-1);
});

// ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────
let waiting;
body.addEventListener("htmx:beforeRequest", ({ detail: { target } }) => {
  if (target?.id !== "reader") return;
  clearTimeout(waiting);
  waiting = setTimeout(() => $("reader").insertAdjacentHTML("afterbegin", '<div class="loadline" role="presentation"></div>'), PATIENCE);
});

// After the swap; htmx:afterSwap would come once for every element that was swapped in.
body.addEventListener("htmx:afterRequest", ({ detail: { target, requestConfig, successful } }) => {
  clearTimeout(waiting);
  if (!successful || requestConfig.verb !== "get") return document.querySelector("#reader > .loadline")?.remove();
  if (target.id === "list") history.replaceState(null, "", $("list").dataset.url);
  if (target.id === "reader") opened(requestConfig.elt);
});

function opened(link) {
  if (link?.matches?.(".row-link")) {
    history[body.dataset.view === "reader" ? "replaceState" : "pushState"]({ opened: true }, "", link.href);
  }
  body.dataset.view = "reader";
  mark();
  (byKey ? current() : $("subject"))?.focus({ preventScroll: true });
  byKey = false;
}

addEventListener("popstate", () => {
  if (!$("list") || !$("reader")) location.reload();
  else if (new URL($("list").dataset.url, location.href).href === location.href) showList();
  else if (location.pathname.startsWith("/t/")) htmx.ajax("GET", location.href, { target: "#reader", swap: "innerHTML" });
  else location.reload();
});
mark();
