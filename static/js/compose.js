// The sheet of paper: opens over the list, keeps what is typed, sends, and gives way without losing a word.
// One letter is written at a time. Other scripts hear "sheet" on <body> (detail: the section) when one is there,
// and say "sheet-typed" when they change it, "sheet-keep" (detail: {done}) when they need it kept first.

const body = document.body;
const PAUSE = 800; // milliseconds without a key before the letter is kept
const RETRY = 5000; // milliseconds before a failed keep is tried again
const NARROW_BODY = 60_000; // bytes that a browser takes along when the page goes away
const OPENERS = "a:is([data-do=write], [data-do=reply], [data-do=reply-all], [data-do=forward], [data-do=draft])";

let sheet = null; // {section, form, saved, dirty, busy, failed, timer, after, opener}
let opener = null;

const $ = (query) => document.querySelector(query);
const say = (name, detail) => body.dispatchEvent(new CustomEvent(name, { detail }));

// ── Coming and going ─────────────────────────────────────────────────────────────────────────────────────────────────
function adopt() {
  const section = $("#compose:not([hidden])");
  if (sheet?.section === section) return;
  clearTimeout(sheet?.timer);
  if (!section) {
    sheet = null;
    return;
  }
  const form = section.querySelector("form");
  const again = Boolean(form.querySelector("[aria-invalid], #compose-notice :is([data-s=bad], button)")); // and not kept
  sheet = { section, form, saved: section.querySelector("#saved"), dirty: again, busy: false, failed: false, after: [], opener };
  section.querySelector("[data-compose=attach]").hidden = false;
  section.querySelector(".attach").hidden = true;
  say("sheet", section);
  place(section, again);
  if (again) later(PAUSE);
}

function place(section, again) {
  const to = section.querySelector("[data-people=to] [role=combobox]");
  const text = section.editor ?? section.querySelector("[name=text]");
  const wrong = again && (section.querySelector("[aria-invalid]") ?? section.querySelector("#compose-notice button"));
  const filled = section.querySelector("[name=to]").value !== "";
  const target = wrong || (filled ? text : to);
  target.focus({ preventScroll: true });
  if (target === text) text.setSelectionRange?.(0, 0);
  text.scrollTop = 0;
}

async function open(link) {
  if (sheet && !(await kept())) return;
  htmx.ajax("GET", link.href, { target: "#compose", swap: "outerHTML" });
}

async function close() {
  const { section, opener: back } = sheet;
  if (!(await kept())) return;
  section.replaceWith(Object.assign(document.createElement("section"), { id: "compose", hidden: true }));
  adopt();
  renewPlaces();
  (back?.isConnected ? back : $("#rows .row-link[aria-current]") ?? $("#side [data-do=write]"))?.focus();
}

function renewPlaces() {
  if ($("#places")) htmx.trigger("#places", "refresh");
}

// ── Keeping ──────────────────────────────────────────────────────────────────────────────────────────────────────────
function typed() {
  sheet.dirty = true;
  later(PAUSE);
}

function later(pause) {
  clearTimeout(sheet.timer);
  sheet.timer = setTimeout(keep, pause);
}

function keep() {
  if (!sheet?.dirty || sheet.busy) return;
  clearTimeout(sheet.timer);
  Object.assign(sheet, { dirty: false, busy: true });
  htmx.trigger(sheet.saved, "keep");
}

// True once everything typed is kept; false if it cannot be: the page then says why.
function kept() {
  if (!sheet || (!sheet.dirty && !sheet.busy)) return Promise.resolve(!sheet?.failed);
  return new Promise((done) => {
    sheet.after.push(done);
    keep();
  });
}

function answered({ detail: { elt, successful, xhr } }) {
  if (!sheet || elt !== sheet.saved) return;
  sheet.busy = false;
  sheet.failed = !successful;
  if (successful && sheet.dirty) return later(sheet.after.length ? 0 : PAUSE);
  if (!successful) {
    sheet.dirty = true;
    if (!xhr.status || xhr.status >= 500) later(RETRY);
    if (xhr.status !== 409 && xhr.status !== 422) sheet.saved.textContent = sheet.saved.dataset.offline;
  }
  for (const done of sheet.after.splice(0)) done(successful);
}

// The page goes away: what is not kept yet goes along with it.
const written = () => new URLSearchParams(new FormData(sheet.form));
const fits = () => String(written()).length < NARROW_BODY;

function flush() {
  if (!sheet?.dirty) return;
  const headers = { ...JSON.parse(body.getAttribute("hx-headers")), "HX-Request": "true", "HX-Target": "saved" };
  fetch(sheet.saved.getAttribute("hx-post"), { method: "POST", body: written(), headers, keepalive: fits() });
  sheet.dirty = false;
}

// ── What htmx brings ─────────────────────────────────────────────────────────────────────────────────────────────────
body.addEventListener("htmx:load", adopt);
body.addEventListener("htmx:afterRequest", answered);
body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => target.id === "compose" && renewPlaces());
body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const inside = sheet && (sheet.section.contains(detail.elt) || detail.target === sheet.section);
  if (inside && [409, 413, 422].includes(detail.xhr.status)) Object.assign(detail, { shouldSwap: true, isError: false });
  if (detail.target.id === "compose" && sheet && !sheet.section.contains(detail.requestConfig.elt)) flush();
});
// A letter is sent when it is kept and its files are here.
body.addEventListener("htmx:confirm", (event) => {
  const { elt, issueRequest, triggeringEvent } = event.detail;
  if (!sheet || elt !== sheet.form || triggeringEvent?.submitter?.formAction?.endsWith("/discard/")) return;
  clearTimeout(sheet.timer);
  const waits = [sheet.busy && kept(), sheet.section.uploads].filter(Boolean);
  sheet.dirty = false;
  if (!waits.length) return;
  event.preventDefault();
  Promise.all(waits).then(() => issueRequest(true));
});

// ── What a person does ───────────────────────────────────────────────────────────────────────────────────────────────
body.addEventListener("input", ({ target }) => {
  if (!sheet?.form.contains(target) || target.type === "file") return;
  if (target.name === "subject") title(target.value);
  if (target.name !== "" || target.role === "combobox") typed();
});
body.addEventListener("sheet-typed", typed);
body.addEventListener("sheet-keep", ({ detail: { done } }) => {
  sheet.dirty = true;
  kept().then(done);
});

function title(subject) {
  const head = sheet.section.querySelector("#compose-title");
  head.textContent = subject || head.dataset.empty;
}

body.addEventListener("change", ({ target }) => {
  if (target.name === "identity" && sheet?.form.contains(target)) sign(target);
});

// Another address signs with its own signature, as long as the last one stands as it was put there.
function sign(select) {
  const text = sheet.form.elements.text;
  const block = (option) => (option?.dataset.signature ? `\n\n-- \n${option.dataset.signature}` : "");
  const before = block(select.options[select.dataset.was ?? [...select.options].findIndex((option) => option.defaultSelected)]);
  const after = block(select.selectedOptions[0]);
  if (sheet.section.editor) {
    if (before || sheet.form.elements.kind.value === "new") sheet.section.editor.sign(before, after);
  } else if (before && text.value.includes(before)) text.value = text.value.replace(before, () => after);
  else if (!before && sheet.form.elements.kind.value === "new") text.value += after;
  select.dataset.was = select.selectedIndex;
}

const DEEDS = {
  close,
  minimise: (button) => {
    sheet.section.toggleAttribute("data-small");
    const label = button.dataset.other;
    button.dataset.other = button.title;
    button.title = label;
    button.setAttribute("aria-label", label);
  },
  page: (link) => kept().then((well) => well && location.assign(link.href)),
  leave: (link) => kept().then((well) => well && location.assign(link.href)),
  dismiss: (button) => button.closest(".up").remove(),
};

body.addEventListener("click", (event) => {
  const link = event.target.closest(OPENERS);
  if (link) opener = link;
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented;
  if (link && plain && $("#compose:not(.compose-full)")) {
    event.preventDefault();
    open(link);
  }
  const part = event.target.closest("[data-compose]");
  const deed = part && DEEDS[part.dataset.compose];
  if (!deed || !sheet?.section.contains(part)) return;
  if (part.dataset.compose === "page") sheet.dirty = true; // a page of its own needs a draft that is kept
  event.preventDefault();
  deed(part);
});

body.addEventListener("keydown", (event) => {
  if (!sheet?.section.contains(event.target) || event.target.closest("dialog") || event.isComposing || event.defaultPrevented) return;
  const control = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && control && event.shiftKey) openLater();
  else if (event.key === "Enter" && event.target.name === "when") sheet.form.requestSubmit($("#later-go"));
  else if (event.key === "Escape" && $("#later:popover-open")) $("#later").hidePopover();
  else if (event.key === "Enter" && control) sheet.form.requestSubmit(sheet.form.querySelector(".send"));
  else if (event.key === "Enter" && event.target.name === "subject") (sheet.section.editor ?? sheet.form.elements.text).focus();
  else if (event.key === "Enter" && event.target.matches("input:not([type=checkbox], [type=file])")) ; // a field is no Send button
  else if (event.code === "KeyA" && control && event.shiftKey) sheet.section.querySelector("[data-compose=attach]").click();
  else if (event.key === "Escape") sheet.section.querySelector("[data-compose=close], [data-compose=leave]").click();
  else return;
  event.preventDefault();
});

function openLater() {
  $("[popovertarget=later]").click(); // the button, for its menu stands where it is
  $("#later .item").focus();
}

addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
addEventListener("beforeunload", (event) => {
  if (sheet && (sheet.section.uploads || (sheet.dirty && (sheet.failed || !fits())))) event.preventDefault();
});

// ── Undo time ────────────────────────────────────────────────────────────────────────────────────────────────────────
function burn() {
  for (const toast of document.querySelectorAll(".toast[data-seconds]")) {
    const fuse = toast.querySelector(".fuse");
    toast.until ??= Date.now() + toast.dataset.seconds * 1000;
    if (fuse) fuse.style.animationDuration = `${toast.dataset.seconds}s`;
    toast.querySelector("[data-count]").textContent = Math.max(0, Math.ceil((toast.until - Date.now()) / 1000));
  }
}
body.addEventListener("htmx:load", burn);
setInterval(burn, 500);

adopt();
