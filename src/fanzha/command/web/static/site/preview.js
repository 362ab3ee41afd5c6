// On a wide screen a row's page is shown beside the list: pressed, or moved to by j and k, once the panel is open (p).
const wide = matchMedia("(min-width: 80em)");
const split = document.querySelector("[data-split]");
const panel = split?.querySelector(".preview");
const OPEN = `preview-open ${location.pathname}`;
let shown = "";

function show(row) {
  const link = row?.querySelector("a[href]");
  if (!link || link.href === shown || !wide.matches) return;
  shown = link.href;
  split.classList.add("has-preview");
  sessionStorage.setItem(OPEN, "yes");
  window.htmx?.ajax("GET", link.href, { target: panel, select: "#main .page > *:not([role=status])", swap: "innerHTML" });
}

function toggle() {
  if (!split.classList.contains("has-preview")) return show(document.querySelector("[data-row].here") ?? document.querySelector("[data-row]"));
  split.classList.remove("has-preview");
  sessionStorage.removeItem(OPEN);
  shown = "";
}

if (panel) {
  const kept = document.querySelector("[data-row].here");
  if (kept && sessionStorage.getItem(OPEN)) addEventListener("load", () => show(kept));
  split.addEventListener("row:here", (event) => split.classList.contains("has-preview") && show(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "p" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select, dialog")) toggle();
  });
}
