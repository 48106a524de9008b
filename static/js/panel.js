// The panel: choosing rows, copying a record, and a table that renews itself while nothing in it is chosen.

const EVERY = 10_000; // milliseconds

function renew() {
  const table = document.querySelector("[data-fresh]");
  if (table && document.visibilityState === "visible" && !table.querySelector(":checked")) htmx.trigger(table, "fresh");
}
setInterval(renew, EVERY);

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form");
  if (target.matches("[data-all]")) for (const box of form.querySelectorAll("input[name=id]")) box.checked = target.checked;
  const picked = form?.querySelector("[data-picked]");
  if (picked) picked.textContent = `${picked.dataset.words}: ${form.querySelectorAll("input[name=id]:checked").length}`;
});

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.append(document.createTextNode(" ✓"));
  delete button.dataset.copy;
});
