// Charts: the value under the pointer or, by arrow keys, of the next mark beside the chart; + and - zoom, 0 shows all.
const MOST = 8; // times
const told = document.createElement("p");
told.className = "chart-told";
told.setAttribute("role", "status");
told.hidden = true;

// Marks say their values in a <title>, which a browser shows late and never by keyboard.
function prepare() {
  for (const title of document.querySelectorAll(".chart svg title")) {
    const mark = title.parentNode;
    mark.dataset.told = title.textContent;
    if (mark.closest("a")) mark.closest("a").setAttribute("aria-label", title.textContent);
    title.remove();
  }
  for (const svg of document.querySelectorAll(".chart > svg[role=img]")) {
    if (svg.querySelector("[data-told]")) svg.tabIndex = 0;
  }
  if (!told.isConnected) document.body.append(told);
}

function show(mark) {
  document.querySelectorAll(".mark-here").forEach((one) => one.classList.remove("mark-here"));
  mark.classList.add("mark-here");
  const box = mark.getBoundingClientRect();
  told.textContent = mark.dataset.told;
  told.hidden = false;
  const left = box.left + box.width / 2 - told.offsetWidth / 2;
  told.style.left = `${Math.max(4, Math.min(left, document.documentElement.clientWidth - told.offsetWidth - 4))}px`;
  told.style.top = `${box.top > told.offsetHeight + 8 ? box.top - told.offsetHeight - 6 : box.bottom + 6}px`;
}

function hide() {
  document.querySelectorAll(".mark-here").forEach((one) => one.classList.remove("mark-here"));
  told.hidden = true;
}

// The part of a drawing that is shown, as x, y, width and height of its own units.
function zoom(svg, factor, middle) {
  const all = (svg.dataset.all ??= svg.getAttribute("viewBox")).split(" ").map(Number);
  const [x, y, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const times = Math.min(MOST, Math.max(1, (all[2] / width) * factor));
  const [wide, high] = [all[2] / times, all[3] / times];
  const [right, down] = middle ?? [x + width / 2, y + height / 2];
  const left = Math.max(0, Math.min(right - ((right - x) / width) * wide, all[2] - wide));
  const top = Math.max(0, Math.min(down - ((down - y) / height) * high, all[3] - high));
  svg.setAttribute("viewBox", `${left} ${top} ${wide} ${high}`);
  svg.classList.toggle("zoomed", times > 1);
  hide();
}

function place(svg, event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [at.x, at.y];
}

const chartOf = (event) => event.target.closest?.(".chart > svg");

document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest?.(".chart [data-told]");
  if (mark) show(mark);
  else hide();
});
document.addEventListener("focusin", (event) => {
  const mark = event.target.closest?.(".chart a")?.querySelector("[data-told]");
  if (mark) show(mark);
  else hide();
});
document.addEventListener("scroll", hide, true);
document.addEventListener("wheel", (event) => {
  const svg = chartOf(event);
  if (!svg || !event.ctrlKey) return;
  event.preventDefault();
  zoom(svg, event.deltaY < 0 ? 1.25 : 0.8, place(svg, event));
}, { passive: false });
document.addEventListener("dblclick", (event) => {
  const svg = chartOf(event);
  if (svg) zoom(svg, svg.classList.contains("zoomed") ? 1 / MOST : 2, place(svg, event));
});
document.addEventListener("keydown", (event) => {
  const svg = chartOf(event);
  if (!svg || event.ctrlKey || event.metaKey || event.altKey) return;
  const factor = { "+": 2, "=": 2, "-": 0.5, 0: 1 / MOST }[event.key];
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (factor) zoom(svg, factor);
  else if (event.key === "Escape") hide();
  else if (by && svg.tabIndex === 0 && event.target === svg) {
    const marks = [...svg.querySelectorAll("[data-told]")];
    const at = marks.findIndex((mark) => mark.classList.contains("mark-here"));
    show(marks[at < 0 ? (by > 0 ? 0 : marks.length - 1) : (at + by + marks.length) % marks.length]);
  } else return;
  event.preventDefault();
});

prepare();
document.addEventListener("htmx:afterSettle", prepare);
