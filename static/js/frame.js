// An HTML letter is shown in a frame without scripts; this page measures it, so that it needs no scroll bar of its own.

const MOST = 40; // times a frame may change its height
const seen = new WeakSet();

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return; // served from another host: the style sheet's height stands
  const sheet = frame.closest(".sheet");
  let changes = MOST; // a letter as tall as its frame plus something would grow for ever
  const measure = () => {
    if (changes-- > 0) sheet.style.setProperty("--sheet-h", `${Math.ceil(page.getBoundingClientRect().height)}px`);
  };
  measure();
  new ResizeObserver(measure).observe(page);
}

function look() {
  for (const frame of document.querySelectorAll(".sheet > iframe")) {
    if (seen.has(frame)) continue;
    seen.add(frame);
    frame.addEventListener("load", () => fit(frame));
    if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL !== "about:blank") fit(frame);
  }
}

for (const event of ["htmx:afterSettle", "letter-added"]) document.body.addEventListener(event, look);
look();
