// The open conversation: a letter that comes while it is being read is added at its end, and nothing else moves.

const body = document.body;
const $ = (query) => document.querySelector(query);
let known = {}; // the conversation, and how many letters it had when it was opened

// The row beside it tells: its version is moment, letters, unread, starred.
const count = () => Number($("#rows .row:has([aria-current])")?.dataset.v.split(".")[2] ?? 0);

function remember() {
  known = { thread: $("#reader .convo")?.dataset.thread, letters: count() };
}

async function catchUp() {
  const convo = $("#reader .convo");
  if (!convo || document.hidden || known.thread !== convo.dataset.thread || count() <= known.letters) return;
  known.letters = count();
  const answer = await fetch(convo.dataset.url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const stop of page.querySelectorAll(".thread > .msg")) {
    if (document.getElementById(stop.id)) continue;
    const next = convo.querySelector(".thread > .next");
    next ? next.before(stop) : convo.querySelector(".thread").append(stop);
    htmx.process(stop);
  }
  convo.querySelector(".meta")?.replaceWith(page.querySelector(".convo .meta") ?? "");
  body.dispatchEvent(new CustomEvent("letter-added"));
}

body.addEventListener("htmx:afterRequest", ({ detail: { target } }) => target?.id === "reader" && remember());
body.addEventListener("renewed", catchUp);
document.addEventListener("visibilitychange", catchUp);
remember();
body.addEventListener("click", ({ target }) => {
  const item = target.closest("[data-do=print]");
  item?.closest("[popover]").hidePopover();
  if (item) print();
});
