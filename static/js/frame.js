// An HTML letter is shown in a frame without scripts; this page measures it, so that it needs no scroll bar of its own, and
// makes it fit: what is wider than a narrow pane gives way, and what cannot is made smaller.

const MOST = 40; // times a frame may change its height
const SMALLEST = 0.7; // below it nobody reads; the rest is scrolled to
const COLUMNS = 4; // a table of more is data: its columns stay as wide as they are
const seen = new WeakSet();

const isData = (one) => [...(one.closest("table")?.rows ?? [])].some((row) => row.cells.length > COLUMNS);

// A width that was given in pixels becomes "at most"; in a wider pane it is what it was.
function loosen(page) {
  const width = page.clientWidth;
  const wide = [...page.querySelectorAll("table, td, th, div, p, center, img")].filter((one) => one.offsetWidth > width && !isData(one));
  for (const [one, was] of wide.map((one) => [one, one.offsetWidth])) {
    one.style.setProperty("width", `min(100%, ${was}px)`, "important");
    one.style.setProperty("min-width", "0", "important");
  }
}

function shrink(page) {
  page.style.zoom = "";
  if (page.scrollWidth > page.clientWidth) loosen(page);
  if (page.scrollWidth > page.clientWidth) page.style.zoom = Math.max(SMALLEST, page.clientWidth / page.scrollWidth);
}

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return; // served from another host: the style sheet's height stands
  const sheet = frame.closest(".sheet");
  let changes = MOST; // a letter as tall as its frame plus something would grow for ever
  let width = 0;
  const measure = () => {
    if (changes-- <= 0) return;
    if (width !== frame.clientWidth) shrink(page);
    width = frame.clientWidth;
    const bar = frame.clientHeight - page.clientHeight;
    sheet.style.setProperty("--sheet-h", `${Math.ceil(page.getBoundingClientRect().height + bar)}px`);
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
