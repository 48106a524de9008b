// The line between list and reader: dragged by pointer, moved by arrow keys, remembered on this device.

const grip = document.getElementById("grip");
const KEPT = "list-width";
const STEP = 16;

function clamp(width) {
  return Math.min(Math.max(width, Number(grip.ariaValueMin)), Number(grip.ariaValueMax));
}

function set(width, keep = true) {
  const pixels = Math.round(clamp(width));
  document.documentElement.style.setProperty("--list-w", `${pixels}px`);
  grip.ariaValueNow = String(pixels);
  if (keep) localStorage.setItem(KEPT, String(pixels));
}

if (grip) {
  const list = document.getElementById("list");
  const width = () => list.getBoundingClientRect().width;
  const kept = Number(localStorage.getItem(KEPT));
  if (kept) set(kept, false);
  else grip.ariaValueNow = String(Math.round(width()));

  grip.addEventListener("pointerdown", (event) => {
    grip.setPointerCapture(event.pointerId);
    grip.dataset.drag = "";
    const from = event.clientX - width();
    grip.onpointermove = (move) => set(move.clientX - from);
  });
  grip.addEventListener("lostpointercapture", () => {
    grip.onpointermove = null;
    delete grip.dataset.drag;
  });
  grip.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: width() - STEP, ArrowRight: width() + STEP, Home: 0, End: Infinity }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  });
}
