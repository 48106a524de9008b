// Every button that files a letter is a submit button of a real form; here it goes without leaving the page.

const body = document.body;
const FUSE = 10_000; // milliseconds a toast stays, as its fuse burns

async function send(form, button) {
  button?.closest("[popover]")?.hidePopover();
  const values = button?.name ? { [button.name]: button.value } : {};
  const then = button?.dataset.then;
  await htmx.ajax("POST", button?.getAttribute("formaction") ?? form.getAttribute("action"), { source: form, swap: "none", values });
  if (then) body.dispatchEvent(new CustomEvent(then));
  form.closest(".toast")?.remove();
}

function ask(form, button) {
  const dialog = document.getElementById("sure");
  dialog.querySelector("p").textContent = button.dataset.confirm;
  dialog.querySelector("[value=yes]").textContent = button.getAttribute("aria-label") ?? button.textContent;
  dialog.onclose = () => dialog.returnValue === "yes" && send(form, button);
  dialog.returnValue = "";
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  if (event.submitter?.dataset.confirm) ask(form, event.submitter);
  else send(form, event.submitter);
});

// Enter in a field of a menu presses the button beside it, not the first of the form that the field belongs to.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches(".menu .at input")) return;
  event.preventDefault();
  event.target.parentElement.querySelector("button").click();
});

// ── Toasts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
const toasts = document.getElementById("toasts");

function burn(toast) {
  const fuse = toast.dataset.seconds ? toast.dataset.seconds * 1000 : FUSE;
  let left = setTimeout(() => toast.remove(), fuse);
  toast.addEventListener("pointerenter", () => clearTimeout(left));
  toast.addEventListener("pointerleave", () => (left = setTimeout(() => toast.remove(), FUSE / 2)));
}

if (toasts) {
  for (const toast of toasts.children) burn(toast);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) burn(node);
  }).observe(toasts, { childList: true });
}

// ── What went wrong ──────────────────────────────────────────────────────────────────────────────────────────────────
const net = document.getElementById("net");

function cannot(words) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.append(Object.assign(document.createElement("p"), { textContent: words }));
  toasts?.append(toast);
}

body.addEventListener("htmx:sendError", () => net && (net.hidden = false));
body.addEventListener("htmx:afterOnLoad", () => net && (net.hidden = true));
body.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (xhr.status !== 401 && xhr.status !== 422 && net) cannot(xhr.status >= 500 ? net.dataset.broken : net.dataset.gone);
});
body.addEventListener("too-often", () => net && cannot(net.dataset.often));
addEventListener("offline", () => net && (net.hidden = false));
addEventListener("online", () => net && (net.hidden = true));
body.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=retry]")) location.reload();
});
body.addEventListener("signed-out", () => {
  if (!document.querySelector("#compose:not([hidden])")) location.reload(); // the letter being written signs in in place
});
