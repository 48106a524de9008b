// A row under a finger: swiped to the right it is archived, to the left snoozed. What is pressed are the row's own tools, so
// a row that does not offer them (another's mail, drafts, Trash) stays where it is.

const body = document.body;
const SLOP = 10; // pixels before a direction is believed
const STEEP = 0.6; // a finger that goes down by more of its way wants to scroll
const POINT = 0.35; // of the row's width: from here on, to let go is to act
const TOOLS = { archive: "[data-tool=archive]", snooze: "[popovertarget=snooze-rows]" };
let swipe;

function begin(dx) {
  const act = dx > 0 ? "archive" : "snooze";
  const button = swipe.row.querySelector(TOOLS[act]);
  if (!button || swipe.row.dataset.swipe) return false;
  const under = Object.assign(document.createElement("span"), { className: "swipe-act", ariaHidden: "true" });
  under.dataset.act = act;
  under.append(button.querySelector("svg").cloneNode(true), button.ariaLabel);
  swipe.row.append(under);
  swipe.row.dataset.swipe = "held";
  Object.assign(swipe, { button, under, act, way: Math.sign(dx), width: swipe.row.clientWidth });
  return true;
}

function follow(dx) {
  const far = Math.min(Math.max(dx * swipe.way, 0), swipe.width);
  swipe.row.style.setProperty("--dx", `${far * swipe.way}px`);
  swipe.armed = far >= swipe.width * POINT;
  swipe.under.toggleAttribute("data-armed", swipe.armed);
}

async function back(row) {
  row.dataset.swipe = "loose";
  row.style.setProperty("--dx", "0px");
  await Promise.allSettled(row.getAnimations().map((one) => one.finished));
  delete row.dataset.swipe;
  row.querySelector(".swipe-act")?.remove();
}

function end(acts) {
  const { row, button, act, armed } = swipe;
  swipe = undefined;
  if (!button) return;
  if (!acts || !armed || act !== "archive") back(row);
  else {
    row.dataset.swipe = "gone";
    row.style.setProperty("--dx", "100%");
  }
  if (acts && armed) button.click();
}

body.addEventListener("pointerdown", (event) => {
  if (swipe) end(false); // a second finger
  const row = event.pointerType === "touch" && event.isPrimary ? event.target.closest("#rows .row") : null;
  if (row) swipe = { row, x: event.clientX, y: event.clientY };
});

body.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (!swipe) return;
  const [dx, dy] = [clientX - swipe.x, clientY - swipe.y];
  if (!swipe.button) {
    if (Math.hypot(dx, dy) < SLOP) return;
    if (Math.abs(dy) > Math.abs(dx) * STEEP || !begin(dx)) return (swipe = undefined);
  }
  follow(dx);
});

body.addEventListener("pointerup", () => swipe && end(true));
body.addEventListener("pointercancel", () => swipe && end(false));

// An archived row leaves with the list's own motion; one that could not be archived comes back.
body.addEventListener("htmx:afterRequest", () => {
  for (const row of document.querySelectorAll(".row[data-swipe=gone]:not([data-leaving])")) back(row);
});
