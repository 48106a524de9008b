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

async function attach(section, files) {
  const { max, tooLarge } = section.querySelector("#ups").dataset;
  const cards = [...files].map((file) => [card(section, file), file]);
  for (const [up, file] of cards) if (file.size > max) fail(up, tooLarge);
  const fitting = cards.filter(([, file]) => file.size <= max);
  if (!fitting.length) return;
  const sending = (async () => {
    if (!(await kept())) return fitting.forEach(([up]) => fail(up));
    for (const [up, file] of fitting) if (up.isConnected) await send(section, up, file);
  })();
  const all = Promise.all([section.uploads, sending]).finally(() => {
    if (section.uploads === all) section.uploads = undefined;
  });
  section.uploads = all; // the Send button waits for it
}

body.addEventListener("sheet", ({ detail: section }) => {
  const input = section.querySelector("input[type=file]");
  section.querySelector("[data-compose=attach]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    attach(section, input.files);
    input.value = "";
  });
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
    attach(section, event.dataTransfer.files);
  });
  section.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    attach(section, event.clipboardData.files);
  });
});
