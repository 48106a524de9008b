// The search box: what may be meant shows below it while it is typed; arrows choose, Tab completes, Enter searches.

const $ = (id) => document.getElementById(id);
const body = document.body;
const box = () => $("q");
const options = () => [...document.querySelectorAll("#offers [role=option]")];
const chosen = () => document.querySelector("#offers [aria-selected=true]");

function show(open) {
  if (!$("search-panel")) return;
  $("search-panel").hidden = !open;
  box().setAttribute("aria-expanded", String(open));
  if (!open) choose(undefined);
}

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) {
    box().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else box()?.removeAttribute("aria-activedescendant");
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by]);
}

// A completion goes on being typed; a letter is opened; an earlier search is searched.
function take(option, search = false) {
  if (option.dataset.url) return location.assign(option.dataset.url);
  box().value = option.dataset.query;
  box().focus();
  if (search || option.closest("[role=group]").querySelector("use[href$='#i-history']")) return box().form.requestSubmit();
  ask();
}

function ask() {
  const open = document.querySelector("#reader .convo")?.dataset.thread;
  box().setAttribute("hx-vals", JSON.stringify({ list: $("list")?.dataset.key ?? "", conversation: open ?? "" }));
  htmx.trigger(box(), "ask");
}

const KEYS = {
  ArrowDown: () => ($("search-panel").hidden ? ask() : step(1)),
  ArrowUp: () => step(-1),
  Tab: () => (chosen()?.dataset.query ? take(chosen()) : true),
  Enter: () => (chosen() ? take(chosen(), !chosen().dataset.query?.endsWith(":")) : true),
  Escape: escape,
};

// First the panel closes, then the words go, then the box is left.
function escape() {
  if (!$("search-panel").hidden) return show(false);
  if (box().value !== box().defaultValue) return void (box().value = box().defaultValue);
  (document.querySelector("#rows .row-link[aria-current]") ?? document.querySelector("#rows .row-link"))?.focus();
  if (document.activeElement === box()) box().blur();
}

body.addEventListener("keydown", (event) => {
  if (event.target !== box() || event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const deed = KEYS[event.key];
  if (deed && deed() !== true) event.preventDefault();
});
body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target.id === "offers") show(document.activeElement === box() && options().length > 0);
});
body.addEventListener("focusin", ({ target }) => {
  if (target === box()) ask();
  else if (!target.closest(".search")) show(false);
});
body.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".search")) return show(false);
  const option = event.target.closest("#offers [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option);
});
body.addEventListener("search", () => (box() ? (box().focus(), box().select()) : location.assign("/search/")));

// A row that is sent again, because it was read or starred, knows nothing of the search: it keeps what was found in it.
body.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
  const row = fragment.querySelector?.(".row");
  if (!row || !$("list")?.dataset.key.startsWith("q:")) return;
  for (const part of [".row-link", ".subj", ".snip", ".labels", "time"]) {
    const [fresh, old] = [row.querySelector(part), target.querySelector(part)];
    if (part === ".row-link") fresh.href = old.href;
    else fresh.replaceWith(old.cloneNode(true));
  }
});
