// Search while typing: the list below the search field, by arrows, Enter and Escape; / or Ctrl K goes to the field.
// Without this script the field is a plain form. What is typed is sent in the body, so that no log keeps it.
const field = document.querySelector("[data-search]");
const list = document.getElementById("palette");
const count = document.getElementById("palette-count");
const WAIT = 90;
let timer = 0;
let request = null;
let listed = null; // the text that the list was made for

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function close() {
  clearTimeout(timer);
  request?.abort();
  listed = null;
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
  count.textContent = "";
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  choose(all[at < 0 && by < 0 ? all.length - 1 : (at + by + all.length) % all.length]);
}

async function refresh() {
  const text = field.value.trim();
  if (listed === text && !list.hidden) return;
  request?.abort();
  request = new AbortController();
  try {
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await fetch(list.dataset.url, { method: "POST", headers, body: new URLSearchParams({ q: text }), signal: request.signal, redirect: "error" });
    if (!answer.ok) return close();
    list.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") close();
    return;
  }
  if (document.activeElement !== field) return close();
  const all = options();
  if (!all.length) return close();
  listed = text;
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
  list.scrollTop = 0;
  choose(text ? all[0] : null);
  const found = all.filter((option) => option.href).length;
  count.textContent = text ? list.dataset.found.replace("{}", found) : "";
}

function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

function open(option, elsewhere) {
  if (!option.href) return field.form.requestSubmit();
  if (elsewhere) window.open(option.href, "_blank", "noopener");
  else location.assign(option.href);
}

if (field && list) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  field.addEventListener("input", refreshSoon);
  field.addEventListener("focus", refreshSoon);
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && !option.href) open(option);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) refresh();
      else step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden && chosen() && listed === field.value.trim()) {
      open(chosen(), event.ctrlKey || event.metaKey);
    } else if (event.key === "Escape" && !list.hidden) {
      close();
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
