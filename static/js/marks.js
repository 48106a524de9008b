// A conversation that a search found: the words that were looked for are marked in its letters, without a change to what
// they are made of (CSS Custom Highlight API), so also in the frame of a letter in HTML, where no script may run.

const body = document.body;
const NAME = "found";
const MOST = 2000; // marks of one document

function pattern() {
  const marks = document.querySelector("#reader .convo")?.dataset.marks;
  try {
    return marks ? new RegExp(marks, "dg") : undefined;
  } catch {
    return undefined; // written for another kind of regular expression; nothing is marked then
  }
}

// The first group of each find is the word itself, without what stands before it.
function ranges(root, wanted) {
  const found = [];
  const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode() && found.length < MOST) {
    for (const { indices } of nodes.currentNode.data.matchAll(wanted)) {
      const [start, end] = indices.slice(1).find(Boolean) ?? indices[0];
      const range = root.ownerDocument.createRange();
      range.setStart(nodes.currentNode, start);
      range.setEnd(nodes.currentNode, end);
      found.push(range);
    }
  }
  return found;
}

function markFrame(frame, wanted) {
  const page = frame.contentWindow;
  const letter = frame.contentDocument; // none, where letters are served from a host of their own
  if (!letter?.body || letter.URL === "about:blank" || letter.adoptedStyleSheets.length) return;
  const sheet = new page.CSSStyleSheet();
  const [mark, ink] = ["--mark", "--ink"].map((name) => getComputedStyle(document.documentElement).getPropertyValue(name));
  sheet.replaceSync(`::highlight(${NAME}) { background-color: ${mark}; color: ${ink}; }`);
  letter.adoptedStyleSheets.push(sheet);
  page.CSS.highlights.set(NAME, new page.Highlight(...ranges(letter.body, wanted)));
}

function mark() {
  if (!globalThis.CSS?.highlights) return;
  const wanted = pattern();
  const texts = wanted ? document.querySelectorAll("#subject, #reader .prose") : [];
  CSS.highlights.set(NAME, new Highlight(...[...texts].flatMap((text) => ranges(text, wanted))));
  if (wanted) for (const frame of document.querySelectorAll("#reader .sheet > iframe")) markFrame(frame, wanted);
}

for (const event of ["htmx:afterSwap", "letter-added"]) body.addEventListener(event, mark);
document.addEventListener("load", ({ target }) => target.matches?.("#reader .sheet > iframe") && mark(), true);
mark();
