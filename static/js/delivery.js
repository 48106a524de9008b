// The delivery panel is renewed while a letter is on its way: what a person has opened stays open.

const kept = new Map();

document.body.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (!target.matches?.(".delivery")) return;
  for (const details of target.querySelectorAll("details[id]")) kept.set(details.id, details.open);
});
document.body.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!elt.matches?.(".delivery")) return;
  for (const details of elt.querySelectorAll("details[id]")) if (kept.has(details.id)) details.open = kept.get(details.id);
});
