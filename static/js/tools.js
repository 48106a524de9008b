// The tools over a row: one set for the whole list, put into the row that is pointed at or has the focus.

function equip(row) {
  if (!row || row.querySelector(".row-tools")) return;
  const tools = document.getElementById("row-tools")?.content.cloneNode(true);
  const link = row.querySelector("a.row-link");
  if (!tools || !link || !row.querySelector(".pick input")) return;
  const { pathname, search } = new URL(link.href);
  for (const button of tools.querySelectorAll("button")) {
    const { path } = button.dataset;
    button.setAttribute("formaction", `${pathname}${path}${path.includes("?") ? "&" : "?"}${search.slice(1)}`);
  }
  row.append(tools);
}

for (const event of ["pointerover", "focusin"]) {
  document.body.addEventListener(event, ({ target }) => equip(target.closest?.("#rows .row")));
}
