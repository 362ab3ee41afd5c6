// The wall: one scene at a time, the next by itself, by keys 1 2 3 and arrows; Space holds it, F fills the screen.
const SECONDS = 20;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let scene = 0;
let held = still.matches;
let timer = 0;

const scenes = () => [...document.querySelectorAll("[data-scene]")];
const links = () => [...document.querySelectorAll("[data-scene-link]")];

function show(index) {
  const all = scenes();
  scene = (index + all.length) % all.length;
  all.forEach((one, place) => { one.hidden = place !== scene; });
  links().forEach((link, place) => {
    if (place === scene) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  document.querySelector("[data-hold]")?.setAttribute("aria-pressed", String(held));
  clearTimeout(timer);
  if (!held) timer = setTimeout(() => show(scene + 1), SECONDS * 1_000);
}

function hold() {
  held = !held;
  show(scene);
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-scene-link]");
  if (link) {
    event.preventDefault();
    show(links().indexOf(link));
  } else if (event.target.closest("[data-hold]")) hold();
  else if (event.target.closest("[data-fill]")) fill();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest("a, button, summary")) return;
  const doing = {
    ArrowRight: () => show(scene + 1),
    ArrowLeft: () => show(scene - 1),
    " ": hold,
    f: fill,
  }[event.key];
  if (/^[1-9]$/.test(event.key) && scenes()[event.key - 1]) show(event.key - 1);
  else if (doing && !event.target.closest(".chart > svg")) doing();
  else return;
  event.preventDefault();
});

still.addEventListener("change", () => { held = still.matches; show(scene); });
document.addEventListener("htmx:afterSettle", () => show(scene)); // what came anew begins with all scenes shown
document.documentElement.classList.add("one-scene");
show(0);
