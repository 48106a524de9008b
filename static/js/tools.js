// The tools over a row: one set for the whole list, put into the row that is pointed at or has the focus.

function equip(row) {
  if (!row || row.querySelector(".row-tools")) return;
  const tools = document.getElementById("row-tools")?.content.cloneNode(true);
  const link = row.querySelector("a.row-link");
  if (!tools || !link || !row.querySelector(".pick input")) return;
  const { pathname, search } = new URL(link.href);
  for (const button of tools.querySelectorAll("[data-path]")) {
    const { path } = button.dataset;
    button.setAttribute("formaction", `${pathname}${path}${path.includes("?") ? "&" : "?"}${search.slice(1)}`);
  }
  row.append(tools);
}

for (const event of ["pointerover", "focusin"]) {
  document.body.addEventListener(event, ({ target }) => equip(target.closest?.("#rows .row")));
}

// The menu "Snooze" belongs to the whole list: opened from a row it is about that row, else about the chosen ones.
document.body.addEventListener("click", ({ target }) => {
  const opener = target.closest("[popovertarget=snooze-rows]");
  if (!opener) return;
  const link = opener.closest(".row")?.querySelector("a.row-link");
  const { pathname, search } = new URL(link?.href ?? location.href);
  for (const button of document.querySelectorAll("#snooze-rows [name=until]")) {
    button.setAttribute("formaction", link ? `${pathname}snooze?${search.slice(1)}` : button.dataset.action);
  }
});
