// Put the words of the browser's language into a page.

export function say(key, ...parts) {
  return chrome.i18n.getMessage(key, parts);
}

export function translatePage() {
  document.documentElement.lang = say("language");
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = say(element.dataset.words);
}
