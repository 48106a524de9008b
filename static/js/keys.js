// The keyboard: single keys by their place on the board (so that the Hangul layout works too), never in a field,
// never while a syllable is being composed, and not at all for people who have switched them off.

const body = document.body;
const $ = (query) => document.querySelector(query);
const say = (name, detail) => body.dispatchEvent(new CustomEvent(name, { detail }));
const press = (query) => $(query)?.click();
const link = (key) => $(`#places a[data-go="${key}"]`)?.click();
const PAUSE = 1500; // milliseconds in which G waits for its second key
let going = 0;

const chosen = () => $("#rows .pick :checked");
const focused = () => document.activeElement?.closest("#rows .row");
const isOpen = () => body.dataset.view === "reader" && $("#reader .convo");

// E, #, ! and U press the tool that has that key: of the chosen ones, of the open conversation, of the row in focus.
function act(key) {
  const scope = $("#rows .pick :checked") ? $(".viewbar[data-bulk]") : isOpen() ? $("#reader > .bar") : focused();
  const tools = [...(scope?.querySelectorAll(`[data-k="${CSS.escape(key)}"]`) ?? [])];
  (tools.find((tool) => tool.checkVisibility()) ?? tools[0])?.click();
}

// L in the list is about the row in focus, which is chosen by it, if none is.
function label() {
  if (!chosen() && !isOpen()) choose(false);
  act("L");
}

function answer(kind) {
  const letters = document.querySelectorAll("#reader .msg:has(> details[open])");
  letters[letters.length - 1]?.querySelector(`[data-do="${kind}"]`)?.click();
}

function split() {
  const open = [...document.querySelectorAll("#reader .msg:has(> details[open])")];
  (open.find((one) => one.contains(document.activeElement)) ?? open.at(-1))?.querySelector("[data-do=split]")?.click();
}

function message(by) {
  const heads = [...document.querySelectorAll("#reader .msg summary")];
  const at = heads.findIndex((head) => head.closest(".msg").contains(document.activeElement));
  heads[at < 0 ? heads.length - 1 : at + by]?.focus();
}

function choose(range) {
  const box = (focused() ?? $("#rows .row:has([aria-current])"))?.querySelector(".pick input");
  if (box) say("pick", { box, range });
}

function escape() {
  if ($("#rows .pick :checked")) return say("pick-all", false);
  if (isOpen()) return say("go-back");
}

function pane() {
  const panes = [$("#side a"), $("#rows .row-link[aria-current]") ?? $("#rows .row-link"), $("#subject")].filter(Boolean);
  const at = panes.findIndex((one) => one.closest("#side, #list, #reader")?.contains(document.activeElement));
  panes[(at + 1) % panes.length]?.focus();
}

const KEYS = {
  KeyJ: () => say("step", 1),
  KeyK: () => say("step", -1),
  KeyN: () => message(1),
  KeyP: () => message(-1),
  KeyC: () => press("#side [data-do=write]"),
  KeyR: () => answer("reply"),
  KeyA: () => answer("reply-all"),
  KeyF: () => answer("forward"),
  KeyE: () => act("E"),
  KeyS: () => act("S"),
  KeyU: () => act("U"),
  KeyB: () => act("B"),
  KeyL: label,
  KeyM: () => press("#more-menu [data-k=M]"),
  KeyV: () => press(chosen() ? ".viewbar[data-bulk] [popovertarget=bulk-menu]" : "#reader > .bar [popovertarget=move-menu]"),
  Period: () => press(chosen() ? ".viewbar[data-bulk] [popovertarget=bulk-menu]" : "#reader > .bar [popovertarget=more-menu]"),
  KeyX: () => choose(false),
  KeyZ: () => press("#toasts .toast:last-child [data-do=undo]"),
  Slash: () => say("search"),
  KeyG: () => (going = Date.now()),
  Delete: () => act("#"),
  Escape: escape,
  F6: pane,
};
const SHIFTED = { Digit3: () => act("#"), Digit1: () => act("!"), Slash: help, KeyX: () => choose(true), KeyJ: () => act("Shift J"), KeyS: split };
const GO = { KeyI: "inbox", KeyS: "starred", KeyT: "sent", KeyD: "drafts", KeyB: "snoozed", KeyA: "archive" };
const ALWAYS = new Set(["Escape", "F6"]);

function help() {
  const dialog = $("#keys");
  if (dialog && !dialog.open) dialog.showModal();
}

function meant(event) {
  if (Date.now() - going < PAUSE) {
    going = 0;
    if (event.code === "Comma") return () => press("#account-menu [data-do=settings]");
    if (GO[event.code]) return () => link(GO[event.code]);
  }
  if (event.key === "#" || event.key === "!") return () => act(event.key);
  if (event.key === "?") return help;
  return (event.shiftKey ? SHIFTED : KEYS)[event.code];
}

// Ctrl A in the list is all of the list, not all of the page.
function all(event, typing) {
  const meant = event.code === "KeyA" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!meant || typing || !$("#rows .pick") || document.activeElement?.closest("#reader")) return false;
  event.preventDefault();
  say("pick-all", true);
  return true;
}

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog, .compose, [popover]");
  if (event.code === "Escape" && $(":popover-open")) return; // the browser closes it
  if (all(event, typing)) return;
  if (typing || event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.keys === "off" && !ALWAYS.has(event.code)) return;
  const deed = meant(event);
  if (!deed) return;
  event.preventDefault();
  deed();
});

body.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=help]")) help();
});
