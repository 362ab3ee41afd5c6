// Rows by j and k, and what can be done by one letter: in the row one is at, else on the page, never in another row;
// a person can turn letters off (WCAG 2.1, 2.1.4).
const OFF = "keys-off";
const box = document.getElementById("keys-on");

if (box) {
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes"));
}

const PLACE = `row-here ${location.pathname}`;
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const here = () => document.querySelector("[data-row].here");

function move(by) {
  const all = rows();
  if (!all.length) return;
  const old = here();
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(old) + by))] ?? all[0];
  old?.classList.remove("here");
  next.classList.add("here");
  next.querySelector("a[href]")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  sessionStorage.setItem(PLACE, all.indexOf(next));
  next.dispatchEvent(new CustomEvent("row:here", { bubbles: true }));
}

// After a press on a row its page comes back: go on at the same place.
if (document.referrer.split("?")[0] === location.href.split("?")[0] && sessionStorage.getItem(PLACE)) {
  rows()[sessionStorage.getItem(PLACE)]?.classList.add("here");
} else {
  sessionStorage.removeItem(PLACE);
}

function press(letter) {
  const wanted = `[data-key="${letter}"]`;
  const outside = [...document.querySelectorAll(`main ${wanted}`)].filter((one) => !one.closest("[data-row]"));
  const found = here()?.querySelector(wanted) ?? outside[0];
  found?.click();
  return Boolean(found);
}

const doings = {
  j: () => move(1),
  k: () => move(-1),
  x: () => here()?.querySelector("input[type=checkbox]")?.click(),
  o: () => here()?.querySelector("a[href]")?.click(),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")) return;
  if (localStorage.getItem(OFF)) return;
  const doing = doings[event.key];
  if (doing) doing();
  else if (!/^[a-z]$/.test(event.key) || !press(event.key)) return;
  event.preventDefault();
});

// "Select all that match" ticks what is on the page too, so that one sees what is meant; a row without its tick ends it.
const all = document.querySelector("[data-select-all]");
all?.addEventListener("change", () => {
  for (const box of document.querySelectorAll("main [name=pick]")) box.checked = all.checked;
});
document.addEventListener("change", (event) => {
  if (all && event.target.name === "pick" && !event.target.checked) all.checked = false;
});
