// Buttons that print the page: shown where scripts run. Without them the browser's own menu prints.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
