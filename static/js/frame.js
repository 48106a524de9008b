// An HTML letter is shown in a frame without scripts; this page measures it, so that it needs no scroll bar of its own.

const seen = new WeakSet();

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return; // served from another host: the style sheet's height stands
  const sheet = frame.closest(".sheet");
  const measure = () => sheet.style.setProperty("--sheet-h", `${Math.ceil(page.getBoundingClientRect().height)}px`);
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

document.body.addEventListener("htmx:afterSettle", look);
look();
