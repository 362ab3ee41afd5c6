// A request of htmx that fails says so, instead of leaving the page as if nothing had been pressed.
function tell() {
  const place = document.querySelector("main [role=status]");
  if (!place) return;
  const words = document.createElement("p");
  words.className = "message message-error";
  words.textContent = document.body.dataset.failedWords;
  place.replaceChildren(words);
}

document.addEventListener("htmx:responseError", tell);
document.addEventListener("htmx:sendError", tell);
