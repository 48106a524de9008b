// Files for a letter: chosen, dropped or pasted, a request each, with how far it has come.

const body = document.body;

// The draft has to be there before a file can be hung on it.
const kept = () => new Promise((done) => body.dispatchEvent(new CustomEvent("sheet-keep", { detail: { done } })));

function card(section, file) {
  const up = section.querySelector("#compose-up").content.cloneNode(true).firstElementChild;
  up.querySelector(".name").textContent = file.name;
  up.querySelector("progress").setAttribute("aria-label", `${up.querySelector("progress").getAttribute("aria-label")} ${file.name}`);
  up.querySelector("button").setAttribute("aria-label", `${up.querySelector("button").getAttribute("aria-label")} ${file.name}`);
  section.querySelector("#ups").append(up);
  up.scrollIntoView({ block: "nearest", inline: "nearest" });
  return up;
}

async function send(section, up, file) {
  const url = section.querySelector("#ups").dataset.url;
  up.addEventListener("htmx:xhr:progress", ({ detail: { loaded, total } }) => {
    if (total) up.querySelector("progress").value = (loaded / total) * 100;
  });
  up.addEventListener("htmx:sendError", () => fail(up));
  up.addEventListener("htmx:responseError", () => fail(up));
  htmx.process(up);
  await htmx.ajax("POST", url, { source: up, target: up, swap: "outerHTML", values: { file } });
}

function fail(up, sentence = up.dataset.failed) {
  up.dataset.s = "bad";
  up.querySelector("progress")?.replaceWith(Object.assign(document.createElement("small"), { textContent: sentence }));
}

// Into the text; what turns out to be no picture that every mail program shows goes along as a file.
async function place(section, up, file, at) {
  const values = new FormData();
  values.append("csrfmiddlewaretoken", section.querySelector("[name=csrfmiddlewaretoken]").value);
  values.append("file", file);
  up.querySelector("progress").removeAttribute("value");
  const url = `${section.querySelector("#ups").dataset.url}?inline`;
  const answer = await fetch(url, { method: "POST", body: values }).catch(() => ({}));
  if (!up.isConnected) return;
  if (answer.status === 415) return void (await send(section, up, file));
  if (answer.status !== 201) return fail(up, answer.status === 413 ? await answer.text() : undefined);
  section.editor.show({ src: answer.headers.get("Location"), alt: file.name.replace(/\.\w+$/, "") }, at);
  up.remove();
}

async function attach(section, files, bring = send, at = undefined) {
  const { max, tooLarge } = section.querySelector("#ups").dataset;
  const cards = [...files].map((file) => [card(section, file), file]);
  for (const [up, file] of cards) if (file.size > max) fail(up, tooLarge);
  const fitting = cards.filter(([, file]) => file.size <= max);
  if (!fitting.length) return;
  const sending = (async () => {
    if (!(await kept())) return fitting.forEach(([up]) => fail(up));
    for (const [up, file] of fitting) if (up.isConnected) await bring(section, up, file, at);
  })();
  const all = Promise.all([section.uploads, sending]).finally(() => {
    if (section.uploads === all) section.uploads = undefined;
  });
  section.uploads = all; // the Send button waits for it
}

// Pictures that come into the text itself stand there; everything else goes along beside it.
function take(section, files, event) {
  const isText = section.editor && event.target.closest(".editor");
  const pictures = [...files].filter((file) => isText && file.type.startsWith("image/"));
  const rest = [...files].filter((file) => !pictures.includes(file));
  if (pictures.length) attach(section, pictures, place, event.type === "drop" ? section.editor.placeAt(event) : undefined);
  if (rest.length) attach(section, rest);
}

function choosePicture(section) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", multiple: true });
  input.addEventListener("change", () => attach(section, input.files, place));
  input.click();
}

body.addEventListener("sheet", ({ detail: section }) => {
  const input = section.querySelector("input[type=file]");
  section.querySelector("[data-compose=attach]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    attach(section, input.files);
    input.value = "";
  });
  section.querySelector("[data-compose=picture]").addEventListener("click", () => choosePicture(section));
  section.addEventListener("click", ({ target }) => {
    const up = target.closest("[data-compose=cancel]")?.closest(".up");
    if (!up) return;
    htmx.trigger(up, "htmx:abort");
    up.remove();
  });
  section.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  section.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(section, event.dataTransfer.files, event);
  });
  section.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(section, event.clipboardData.files, event);
  });
});
