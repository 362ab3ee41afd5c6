// A mark beside the first heading or label of a page that is a word of the glossary opens what the word means.
const url = document.body.dataset.termsUrl;
const PLACES = "main :is(h1, h2, h3, th, dt, legend, caption, .figures li > span, .badge)";
const used = new Set();
let panel = null;

function own(element) {
  return element.textContent.replace(/\s+/g, " ").trim().toLowerCase();
}

function fill({ title, about, url: more }, words) {
  if (!panel) {
    panel = document.createElement("div");
    panel.id = "term";
    panel.className = "term";
    panel.popover = "auto";
    panel.setAttribute("role", "status");
    document.body.append(panel);
  }
  const name = document.createElement("strong");
  name.textContent = title;
  const text = document.createElement("p");
  text.textContent = about;
  const link = document.createElement("a");
  link.href = more;
  link.textContent = words.all;
  panel.replaceChildren(name, text, link);
}

function open(mark, term, words) {
  if (panel?.matches(":popover-open") && panel.dataset.key === term.key) {
    panel.hidePopover();
    return;
  }
  fill(term, words);
  panel.dataset.key = term.key;
  panel.showPopover();
  const box = mark.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const below = box.bottom + 6;
  panel.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
  panel.style.top = `${below + size.height < innerHeight ? below : Math.max(8, box.top - size.height - 6)}px`;
}

function mark(element, term, words) {
  used.add(term.key);
  const made = document.createElement("button");
  made.type = "button";
  made.className = "term-mark";
  made.textContent = "?";
  made.setAttribute("aria-label", words.what.replace("{}", term.title));
  made.addEventListener("click", () => open(made, term, words));
  if (/^H\d$/.test(element.tagName)) {
    element.classList.add("has-term");
    element.after(made);
  } else if (element.classList.contains("badge")) {
    element.after(" ", made);
  } else {
    element.append(" ", made);
  }
}

async function load() {
  // While a second factor is still to be set up, the site leads to another page; a page that is left aborts its requests.
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { terms, words } = await answer.json();
  const byWord = new Map(terms.flatMap((term) => term.names.map((name) => [name, term])));
  for (const element of document.querySelectorAll(PLACES)) {
    const term = byWord.get(own(element));
    if (term && !used.has(term.key) && element.offsetParent && !element.closest("a, button, .row-title, .terms-off")) mark(element, term, words);
  }
}

if (url && "popover" in HTMLElement.prototype) load();
