// Rows are dragged onto a folder, a label or the star beside the list: a drop presses the button that says the same. A row
// that was chosen takes the other chosen ones along; any other goes alone.

const body = document.body;
const $ = (query) => document.querySelector(query);
const say = (name, detail) => body.dispatchEvent(new CustomEvent(name, { detail }));
const boxes = () => [...document.querySelectorAll("#rows .pick input")];
const DEEDS = { inbox: "inbox", starred: "star" }; // what the bulk form calls it
let dragging = false;
let before; // where a row was chosen for this drag only: those that were chosen till then

function button(place) {
  const key = place?.dataset.key ?? "";
  const deed = DEEDS[key] ?? (/^f\d+$/.test(key) ? `move:${key.slice(1)}` : "");
  const named = [...document.querySelectorAll("#label-rows [name=label]")];
  return deed ? $(`[form=rows][name=do][value="${deed}"]`) : named.find((one) => key.startsWith("q:label:") && one.value === place.title);
}

// The button of a label takes it away where all have it; a drop only gives it.
function press(one) {
  const action = one.getAttribute("formaction");
  if (action) one.setAttribute("formaction", `${action}&on=1`);
  one.click();
  if (action) one.setAttribute("formaction", action);
}

const target = (event) => {
  const place = dragging ? event.target.closest?.("#places a") : null;
  return place && !place.hasAttribute("aria-current") && button(place) ? place : null;
};

function unmark() {
  for (const place of document.querySelectorAll("#places [data-drop]")) delete place.dataset.drop;
}

body.addEventListener("dragstart", (event) => {
  const box = event.target.closest?.("#rows .row")?.querySelector(".pick input");
  if (!box) return;
  dragging = true;
  if (!box.checked) {
    before = boxes().filter((one) => one.checked).map((one) => one.value);
    say("unpick");
    say("pick", { box });
  }
  const ghost = Object.assign(document.createElement("div"), { className: "ghost", textContent: $(".viewbar[data-bulk] strong").textContent });
  body.append(ghost);
  event.dataTransfer.setDragImage(ghost, -12, -12);
  event.dataTransfer.effectAllowed = "move";
  setTimeout(() => ghost.remove()); // the browser has painted it by then
});

body.addEventListener("dragover", (event) => {
  const place = target(event);
  unmark();
  if (!place) return;
  event.preventDefault();
  place.dataset.drop = "";
});

body.addEventListener("drop", (event) => {
  const place = target(event);
  if (!place) return;
  event.preventDefault();
  before = undefined;
  press(button(place));
});

body.addEventListener("dragend", () => {
  unmark();
  if (before) {
    say("unpick");
    for (const box of boxes()) if (before.includes(box.value)) say("pick", { box });
  }
  dragging = false;
  before = undefined;
});
