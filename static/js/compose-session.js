// The session ended while a letter was written: sign in again in another tab, come back, and what was asked is asked
// again. The words stay in the page and nowhere else.

const body = document.body;
const OUT = new Set([401, 403]); // signed out; a form token of an earlier session
let section = null;
let again = null; // the request to repeat
let renewing = false;

const dialog = () => section?.querySelector("dialog:not([data-link])");

function setToken(token) {
  body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
}

// "in", "out" or "other": who is signed in now, with a token for their forms.
async function ask() {
  const answer = await fetch(section.dataset.again, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return "out";
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#fresh-token");
  if (!fresh) return "out";
  if (fresh.dataset.user !== section.dataset.user) return "other";
  setToken(fresh.dataset.token);
  return "in";
}

async function renew() {
  if (renewing || !section?.isConnected) return;
  renewing = true;
  const who = await ask();
  renewing = false;
  if (who === "in") return goOn();
  const box = dialog();
  box.dataset.who = who;
  if (!box.open) box.showModal();
}

function goOn() {
  dialog().close();
  const repeat = again;
  again = null;
  repeat?.();
}

body.addEventListener("sheet", ({ detail }) => {
  section = detail;
  section.querySelector("[data-compose=renew]").addEventListener("click", renew);
});

body.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr, requestConfig } }) => {
  if (!section?.contains(elt) || !OUT.has(xhr.status)) return;
  const { verb, path, target, triggeringEvent } = requestConfig;
  if (elt.id === "saved") again ??= () => body.dispatchEvent(new CustomEvent("sheet-keep", { detail: { done: () => {} } }));
  else if (elt.matches("form")) again = () => elt.requestSubmit(triggeringEvent?.submitter ?? null);
  else again = () => htmx.ajax(verb.toUpperCase(), path, { source: elt, target });
  renew();
});

addEventListener("focus", () => dialog()?.open && renew());
