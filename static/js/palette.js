// The command palette (Ctrl K): everything that can be pressed on this page, every folder, every person, by its name.
// It knows no command of its own: it presses what stands on the page, so what a person may not do is not in it.

const $ = (id) => document.getElementById(id);
const body = document.body;
const dialog = $("palette");
const MOST = 8; // lines of a group
const SOON = 120; // milliseconds after the last key, before people are asked for
let people = [];
let opener;
let planned;

const squeeze = (text) => text.replace(/\s+/g, " ").trim();
const named = (one) => squeeze(one.getAttribute("aria-label") ?? [...one.childNodes].filter((part) => !part.matches?.(".end, .n, kbd")).map((part) => part.textContent).join(""));
const line = (one, label = named(one)) => ({ label, one, icon: one.querySelector("svg use")?.getAttribute("href"), end: one.querySelector(".n")?.firstChild?.textContent, key: one.dataset.k ?? one.querySelector("kbd")?.textContent });
const lines = (query) => [...document.querySelectorAll(query)].map((one) => line(one));
const once = (some) => [...new Map(some.filter((one) => one.label).map((one) => [one.label, one])).values()];

function deeds() {
  if (document.querySelector("#rows .pick :checked")) return [dialog.dataset.chosen, once(lines("#bulk-menu .item, .viewbar[data-bulk] [data-k]"))];
  const bar = "#reader > .bar [data-k], #reader > .bar [popovertarget], #move-menu .item, #more-menu .item, #snooze-menu .item";
  return [dialog.dataset.here, once([...lines(bar), ...lines("#reader .next [data-do], #reader [data-do=toggle-knot]")])];
}

function groups(typed) {
  const [head, some] = deeds();
  const folders = once(lines("#places a, #kept .nav a"));
  if (typed.startsWith("@")) return [[dialog.dataset.people, people]];
  if (typed.startsWith("#")) return [[dialog.dataset.go, folders]];
  const pages = lines("#account-menu .item");
  const rest = [[dialog.dataset.go, [...folders, ...pages.slice(0, 3)]], [dialog.dataset.people, people]];
  return [[head, some], [dialog.dataset.deeds, [...lines("#side .compose-btn"), ...pages.slice(3)]], ...rest];
}

// Where each word of what was typed begins in the label, or nothing if one does not.
function match(label, words) {
  const folded = label.toLocaleLowerCase();
  const found = words.map((word) => [folded.indexOf(word), word.length]);
  return found.every(([at]) => at >= 0) && found.sort((a, b) => a[0] - b[0]);
}

function labelled(label, found) {
  const text = document.createElement("span");
  let at = 0;
  for (const [start, length] of found) {
    if (start < at) continue;
    text.append(label.slice(at, start), Object.assign(document.createElement("mark"), { textContent: label.slice(start, start + length) }));
    at = start + length;
  }
  text.append(label.slice(at));
  return text;
}

function item({ label, icon, end, key, one, url }, found, id) {
  const option = Object.assign(document.createElement("div"), { className: "item", id: `hit-${id}` });
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  if (icon) {
    const drawn = dialog.querySelector(".ask svg").cloneNode(true);
    drawn.querySelector("use").setAttribute("href", icon);
    option.append(drawn);
  }
  option.append(labelled(label, found));
  if (key || end) {
    const last = Object.assign(document.createElement("span"), { className: "end" });
    last.append(key ? Object.assign(document.createElement("kbd"), { textContent: key }) : end);
    option.append(last);
  }
  option.run = () => (url ? location.assign(url) : one.click());
  return option;
}

function render() {
  const typed = $("palette-q").value.trim();
  const words = typed.replace(/^[@#]/, "").toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const shown = [];
  let number = 0;
  for (const [head, some] of [...groups(typed), ...search(typed)]) {
    const hits = some.map((one) => [one, one.always ? [] : match(one.label, words)]).filter(([, found]) => found).slice(0, MOST);
    if (!hits.length) continue;
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", head);
    group.append(Object.assign(document.createElement("p"), { className: "group", textContent: head }));
    group.append(...hits.map(([one, found]) => item(one, found, (number += 1))));
    shown.push(group);
  }
  $("hits").replaceChildren(...shown);
  choose(options()[0]);
}

function search(typed) {
  if (!typed || /^[@#]/.test(typed)) return [];
  const icon = dialog.querySelector(".ask use").getAttribute("href");
  const url = `${dialog.dataset.search}?${new URLSearchParams({ q: typed })}`;
  return [[dialog.dataset.find, [{ label: `${dialog.dataset.find}: ${typed}`, icon, url, always: true }]]];
}

// The people that the search box offers after "from:".
async function ask() {
  const typed = $("palette-q").value.trim().replace(/^@/, "");
  if (!typed || typed.startsWith("#")) return void (people = []);
  const answer = await fetch(`${dialog.dataset.offers}?${new URLSearchParams({ q: `from:"${typed.replaceAll('"', "")}` })}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || !dialog.open) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  people = [...page.querySelectorAll("[data-query]")].filter((one) => one.dataset.query.includes("@")).map((one) => {
    const url = `${dialog.dataset.search}?${new URLSearchParams({ q: one.dataset.query.trim() })}`;
    return { label: squeeze(one.querySelector(".offer").lastChild.textContent), icon: one.querySelector("use")?.getAttribute("href"), url };
  });
  render();
}

const options = () => [...$("hits").querySelectorAll("[role=option]")];
const chosen = () => $("hits").querySelector("[aria-selected=true]");

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) $("palette-q").setAttribute("aria-activedescendant", option.id);
  else $("palette-q").removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = options();
  choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

function run(option) {
  if (!option) return;
  dialog.close();
  option.run();
}

function open() {
  opener = document.activeElement;
  people = [];
  $("palette-q").value = "";
  dialog.showModal();
  render();
}

const KEYS = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Home: () => choose(options()[0]), End: () => choose(options().at(-1)), Enter: () => run(chosen()) };

if (dialog) {
  addEventListener("keydown", (event) => {
    if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.defaultPrevented) return;
    if (dialog.open || document.querySelector("dialog[open]") || event.target.closest?.("[contenteditable]")) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  dialog.addEventListener("input", () => {
    render();
    clearTimeout(planned);
    planned = setTimeout(ask, SOON);
  });
  dialog.addEventListener("click", (event) => (event.target === dialog ? dialog.close() : run(event.target.closest("[role=option]"))));
  dialog.addEventListener("close", () => opener?.isConnected && opener.focus({ preventScroll: true }));
  body.addEventListener("click", (event) => event.target.closest("[data-do=palette]") && open());
}
