// The words of a letter, with formatting: an editor takes the place of the plain field. Its markup goes along in the field
// "html"; the server cleans it, and a letter without formatting stays a plain one.

const body = document.body;
const PREFIX = /^(?:> ?)+/;

// ── Plain text as paragraphs: a line is one, and what stands behind "> " is a quote ──────────────────────────────────────
const depthOf = (line) => (line.match(PREFIX)?.[0].match(/>/g) ?? []).length;

function fromText(text) {
  let depth = 0;
  let html = "";
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const wanted = depthOf(line);
    html += wanted > depth ? "<blockquote>".repeat(wanted - depth) : "</blockquote>".repeat(depth - wanted);
    depth = wanted;
    html += paragraph(wanted ? line.replace(PREFIX, "") : line);
  }
  return html + "</blockquote>".repeat(depth);
}

function paragraph(line) {
  const node = document.createElement("p");
  node.textContent = line;
  return node.outerHTML;
}

// ── The editor ───────────────────────────────────────────────────────────────────────────────────────────────────────────
function extensions(kit, askForLink) {
  const { Document, Paragraph, Text, Bold, Italic, Underline, Strike, BulletList, OrderedList, ListItem, Blockquote } = kit;
  const { HardBreak, History, Link, Dropcursor, Gapcursor, Image } = kit;
  const Quote = Blockquote.extend({
    addKeyboardShortcuts() {
      return { "Mod-Shift-9": () => this.editor.commands.toggleBlockquote() };
    },
  });
  const Anchor = Link.extend({
    addKeyboardShortcuts() {
      return { "Mod-k": askForLink };
    },
  }).configure({ openOnClick: false, autolink: true, enableTarget: false, defaultProtocol: "https" });
  // Only what was put in here: a picture on somebody's page would be fetched by whoever reads the letter.
  const Picture = Image.extend({ parseHTML: () => [{ tag: 'img[src^="/draft/"]' }] }).configure({ inline: true });
  return [
    Document, Paragraph, Text, HardBreak, Bold, Italic, Underline, Strike, BulletList, OrderedList, ListItem, Quote, Anchor,
    History, Dropcursor, Gapcursor, Picture,
  ];
}

function mount(section, kit) {
  const { text, html } = section.querySelector("form").elements;
  const asked = document.activeElement === text;
  const editor = new kit.Editor({
    element: { mount: document.createElement("div") },
    extensions: extensions(kit, () => askForLink(section, editor)),
    content: (text.value === text.defaultValue && html.value) || fromText(text.value),
    injectCSS: false,
    parseOptions: { preserveWhitespace: "full" },
    editorProps: {
      attributes: dressOf(text),
      handleDOMEvents: { keydown: (_view, event) => isOfTheSheet(event) },
      transformPastedHTML: withoutTables,
    },
    onUpdate: () => {
      html.value = editor.getHTML();
      body.dispatchEvent(new CustomEvent("sheet-typed"));
    },
    onTransaction: () => show(section, editor),
  });
  text.replaceWith(editor.view.dom);
  html.disabled = false;
  html.value = editor.getHTML();
  section.editor = {
    focus: () => editor.commands.focus("start"),
    sign: (before, after) => sign(editor, before, after),
    placeAt: ({ clientX, clientY }) => editor.view.posAtCoords({ left: clientX, top: clientY })?.pos,
    show: (picture, place) => editor.chain().focus(place).setImage(picture).run(),
  };
  section.querySelector(".tools").hidden = false;
  show(section, editor);
  if (asked) section.editor.focus();
  section.querySelector(".tools").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-format]");
    if (button) format(button.dataset.format, section, editor);
  });
}

// A table cannot be written here: each of its rows becomes a line, with tabs between the cells.
function withoutTables(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const tables = [...page.querySelectorAll("table")].reverse();
  for (const table of tables) table.replaceWith(...[...table.rows].map(lineOf));
  return tables.length ? page.body.innerHTML : html;
}

function lineOf(row) {
  const line = document.createElement("p");
  for (const block of row.querySelectorAll("p, div")) block.replaceWith(...block.childNodes, " ");
  for (const cell of row.cells) line.append(...(line.hasChildNodes() ? ["\t"] : []), ...cell.childNodes);
  return line;
}

const dressOf = (text) => ({
  class: "editor rich",
  role: "textbox",
  "aria-multiline": "true",
  "aria-label": text.getAttribute("aria-label"),
  ...(text.hasAttribute("aria-invalid") && { "aria-invalid": "true", "aria-describedby": text.getAttribute("aria-describedby") }),
});

// Sending and closing: the editor leaves these keys alone, and they reach the sheet.
const isOfTheSheet = ({ key, ctrlKey, metaKey }) => key === "Escape" || (key === "Enter" && (ctrlKey || metaKey));

function format(name, section, editor) {
  const chain = editor.chain().focus();
  if (name === "link") askForLink(section, editor);
  else if (name === "clear") chain.clearNodes().unsetAllMarks().run();
  else chain[`toggle${name[0].toUpperCase()}${name.slice(1)}`]().run();
}

function show(section, editor) {
  for (const button of section.querySelectorAll(".tools [aria-pressed]")) {
    button.setAttribute("aria-pressed", editor.isActive(button.dataset.format));
  }
}

function askForLink(section, editor) {
  const dialog = section.querySelector("dialog[data-link]");
  const field = dialog.querySelector("input");
  field.value = editor.getAttributes("link").href ?? "";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => link(editor, dialog.returnValue, field.value.trim()), { once: true });
  dialog.showModal();
  return true;
}

function link(editor, deed, typed) {
  const chain = editor.chain().focus().extendMarkRange("link");
  const href = /^[a-z]+:/i.test(typed) ? typed : typed.includes("@") ? `mailto:${typed}` : `https://${typed}`;
  if (deed === "unset") chain.unsetLink().run();
  else if (deed !== "set" || !typed) editor.commands.focus();
  else if (editor.state.selection.empty && !editor.isActive("link")) {
    chain.insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }).run();
  } else chain.setLink({ href }).run();
}

// Another address signs with its own signature, as long as the last one stands as it was put there.
function sign(editor, before, after) {
  const blocks = [];
  editor.state.doc.forEach((node, offset) => blocks.push({ text: node.textContent, from: offset, to: offset + node.nodeSize }));
  const lines = before ? before.split("\n").slice(1) : [];
  const at = blocks.findIndex((_, start) => lines.every((line, n) => blocks[start + n]?.text === line));
  if (before && at < 0) return;
  const end = editor.state.doc.content.size;
  const place = before ? { from: blocks[at].from, to: blocks[at + lines.length - 1].to } : { from: end, to: end };
  const content = after ? fromText(after.split("\n").slice(1).join("\n")) : "";
  editor.chain().deleteRange(place).insertContentAt(place.from, content, { parseOptions: { preserveWhitespace: "full" } }).run();
}

// ── Coming and going ─────────────────────────────────────────────────────────────────────────────────────────────────────
body.addEventListener("sheet", async ({ detail: section }) => {
  const kit = await import(section.dataset.editor);
  if (section.isConnected && !section.editor) mount(section, kit);
});

// A toolbar is one stop of the Tab key; arrows move within it.
body.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.(".compose .tools");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!bar || !step) return;
  const buttons = [...bar.querySelectorAll("button")];
  buttons.at((buttons.indexOf(event.target) + step) % buttons.length).focus();
  event.preventDefault();
});
