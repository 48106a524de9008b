// Whom a letter goes to: chips over a plain text field, and suggestions while an address is typed. The field that is
// sent stays one line of text, as it is without this script.

const PAUSE = 120; // milliseconds
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;

// "Roux, C." <c@x>, bob@y; noor@z → the pieces between commas and semicolons outside quotes and angle brackets
function pieces(text) {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"?|<[^>]*>?|[^",;<])+/g) ?? []).map((piece) => piece.trim()).filter(Boolean);
}

function parts(piece) {
  const named = piece.match(/^(.*?)\s*<([^<>]*)>$/s);
  const name = named ? named[1].replace(/^"(.*)"$/s, "$1").replace(/\\(.)/gs, "$1") : "";
  return { name, address: named ? named[2] : piece };
}

// The stamp of a person as the server draws it: CRC-32 of the address, and two letters of the name.
function hue(address) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(address.toLowerCase())) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((~crc >>> 0) % 8) + 1;
}

function initials(name) {
  const words = name.split("@")[0].match(/[\p{L}\p{N}_]+/gu) ?? ["?"];
  const last = words.at(-1);
  if (/[가-힣]/.test(last)) return last.slice(-2);
  return (words.length === 1 ? last.slice(0, 2) : words[0][0] + last[0]).toUpperCase();
}

class Line {
  constructor(line) {
    this.line = line;
    this.input = line.querySelector("input");
    this.list = line.querySelector("[role=listbox]");
    this.warns = line.querySelector(".warns"); // there, if anybody has ever refused a letter of this person
    this.store = Object.assign(document.createElement("input"), { type: "hidden", name: this.input.name });
    this.input.removeAttribute("name");
    this.input.before(this.store);
    for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) {
      this.input.setAttribute(key, value);
    }
    this.input.autocomplete = "off";
    this.chip();
    this.listen();
  }

  get chips() {
    return [...this.line.querySelectorAll(".to-chip")];
  }

  get chosen() {
    return this.list.querySelector("[aria-selected=true]");
  }

  listen() {
    this.input.addEventListener("input", (event) => this.typed(event));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.leave());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", ({ target }) => this.take(target.closest("[role=option]")));
    this.warns?.addEventListener("htmx:afterSwap", () => this.mark());
    this.line.addEventListener("click", ({ target }) => {
      const chip = target.closest(".to-chip");
      if (target.closest(".to-chip button")) this.remove(chip);
      else if (chip) this.edit(chip);
      else if (target.matches(".fill")) this.input.focus();
    });
  }

  typed(event) {
    this.sync();
    if (!event.isComposing && /[,;\n]/.test(this.input.value) && pieces(this.input.value).every((piece) => ADDRESS.test(parts(piece).address))) return this.commit();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.suggest(), PAUSE);
  }

  async suggest() {
    const typed = this.input.value.trim();
    this.abort?.abort();
    if (!typed) return this.hide();
    this.abort = new AbortController();
    const query = new URLSearchParams({ q: typed, list: this.list.id });
    const answer = await fetch(`${this.list.dataset.url}?${query}`, { signal: this.abort.signal, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || this.input.value.trim() !== typed) return;
    this.list.innerHTML = await answer.text();
    this.list.hidden = !this.list.children.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.select(this.list.firstElementChild);
  }

  select(option) {
    for (const one of this.list.children) one.setAttribute("aria-selected", String(one === option));
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  hide() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const options = [...this.list.children];
    const at = options.indexOf(this.chosen);
    if (event.key === "ArrowDown" && options.length) this.select(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp" && options.length) this.select(options.at(at - 1));
    else if (event.key === "Escape" && !this.list.hidden) this.hide();
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.chosen ? this.take(this.chosen) : this.commit();
    else if (event.key === "Tab" && this.chosen && this.input.value) return this.take(this.chosen);
    else if (event.key === "Backspace" && !this.input.value && this.chips.length) this.edit(this.chips.at(-1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(option) {
    if (!option) return;
    const { name, address } = option.dataset;
    this.input.value = "";
    this.add(name ? `"${name.replace(/(["\\])/g, "\\$1")}" <${address}>` : address);
    this.hide();
    this.changed();
    this.input.focus();
  }

  leave() {
    this.hide();
    this.commit();
  }

  // Everything in the field becomes chips. True if there was something.
  chip() {
    const typed = pieces(this.input.value);
    this.input.value = "";
    for (const piece of typed) this.add(piece);
    this.sync();
    return typed.length > 0;
  }

  commit() {
    this.hide();
    if (this.chip()) this.changed();
  }

  add(piece) {
    const { name, address } = parts(piece);
    const good = ADDRESS.test(address);
    const chip = document.getElementById(good ? "compose-chip" : "compose-chip-bad").content.cloneNode(true).firstElementChild;
    chip.dataset.piece = piece;
    const label = chip.querySelector(".label");
    label.textContent = name || address;
    label.title = good ? address : this.list.dataset.wrong;
    chip.querySelector("button").setAttribute("aria-label", `${this.list.dataset.remove} ${name || address}`);
    if (good) {
      chip.querySelector(".stamp").dataset.hue = hue(address);
      chip.querySelector(".stamp").textContent = initials(name || address);
    }
    this.input.before(chip);
  }

  remove(chip) {
    chip.remove();
    this.changed();
    this.input.focus();
  }

  edit(chip) {
    this.commit();
    this.input.value = chip.dataset.piece;
    this.remove(chip);
    this.input.select();
  }

  sync() {
    this.store.value = [...this.chips.map((chip) => chip.dataset.piece), ...pieces(this.input.value)].join(", ");
  }

  // The chips of those whom the server has just named.
  mark() {
    const told = new Map([...this.warns.querySelectorAll("[data-address]")].map((one) => [one.dataset.address, one.textContent.trim()]));
    for (const chip of this.chips) {
      const { address } = parts(chip.dataset.piece);
      const words = told.get(address.toLowerCase());
      if (!words && !("refused" in chip.dataset)) continue;
      chip.toggleAttribute("data-refused", Boolean(words));
      chip.querySelector(".label").title = words ?? address;
    }
  }

  changed() {
    this.sync();
    this.warns?.dispatchEvent(new Event("people"));
    document.body.dispatchEvent(new CustomEvent("sheet-typed"));
  }
}

document.body.addEventListener("sheet", ({ detail: section }) => {
  const lines = Object.fromEntries([...section.querySelectorAll("[data-people]")].map((line) => [line.dataset.people, new Line(line)]));
  const ends = section.querySelector(".lab-end");
  for (const button of ends.querySelectorAll("[data-line]")) {
    const { line, store, input } = lines[button.dataset.line];
    line.hidden = !store.value && !input.matches("[aria-invalid]");
    button.hidden = !line.hidden;
    button.addEventListener("click", () => {
      line.hidden = false;
      button.hidden = true;
      input.focus();
    });
  }
  ends.hidden = false;
});
