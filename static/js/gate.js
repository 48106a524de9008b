// The gate: show a password, send a complete code, and say it when a passkey was not used.

for (const button of document.querySelectorAll("[data-peek]")) {
  const input = document.getElementById(button.dataset.peek);
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
  input.form.addEventListener("submit", () => { input.type = "password"; });
}

for (const form of document.querySelectorAll("form[data-code]")) {
  form.elements.code.addEventListener("input", (event) => {
    if (/^\d{6}$/.test(event.target.value.replace(/\s/g, ""))) form.requestSubmit();
  });
}

// allauth's scripts report every trouble with a passkey as this event; a person who closes the browser's window sees it too.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const notice = document.getElementById("passkey-trouble");
  if (notice) notice.hidden = false;
});
