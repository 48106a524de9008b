// Settings: a choice shows on this page as soon as it is saved.

document.addEventListener("look", (event) => {
  for (const name of ["theme", "density", "text", "keys"]) document.documentElement.dataset[name] = event.detail[name];
});
