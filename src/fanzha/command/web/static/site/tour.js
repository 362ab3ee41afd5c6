// The tour of a desk: a panel beside what each step points at, on its page. Left by Escape, taken up again where it was.
const KEY = "tour";
const DONE = "tour-done";
const url = document.body.dataset.tourUrl;
const state = () => JSON.parse(localStorage.getItem(KEY) ?? "null");
const save = (desk, step, paused) => localStorage.setItem(KEY, JSON.stringify({ desk, step, paused }));
let panel = null;
let target = null;

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function close() {
  panel?.remove();
  target?.classList.remove("tour-target");
  panel = target = null;
}

function place() {
  if (!panel) return;
  panel.removeAttribute("style");
  if (!target || innerWidth < 640) return; // at the lower edge, as the style says
  const box = target.getBoundingClientRect();
  const own = panel.getBoundingClientRect();
  const below = box.bottom + 12;
  const above = box.top - own.height - 12;
  if (below + own.height > innerHeight && above < 0) return; // there is no room beside it
  panel.style.top = `${below + own.height > innerHeight ? above : below}px`;
  panel.style.left = `${Math.max(12, Math.min(box.left, innerWidth - own.width - 12))}px`;
  panel.style.bottom = panel.style.right = "auto";
}

function show({ desk, steps, words }, number) {
  close();
  const step = steps[number];
  target = [...document.querySelectorAll(step.at)].find((one) => one.offsetParent) ?? null;
  target?.classList.add("tour-target");
  target?.scrollIntoView({ block: "center" });
  panel = element("section", "", "tour");
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-labelledby", "tour-title");
  panel.setAttribute("aria-describedby", "tour-text");
  const title = element("h2", step.title);
  const text = element("p", step.text);
  [title.id, text.id] = ["tour-title", "tour-text"];
  const count = element("p", words.place.replace("{}", number + 1).replace("{}", steps.length), "hint");
  const leave = () => { save(desk, number, true); close(); target?.focus?.(); };
  const go = (to) => {
    if (to >= steps.length) {
      localStorage.removeItem(KEY);
      localStorage.setItem(DONE, desk);
      close();
      return;
    }
    save(desk, to, false);
    if (steps[to].url === location.pathname) show({ desk, steps, words }, to);
    else location.assign(steps[to].url);
  };
  const buttons = element("p", "", "actions");
  const button = (word, doing, className = "") => {
    const made = element("button", word, className);
    made.type = "button";
    made.addEventListener("click", doing);
    buttons.append(made, " ");
    return made;
  };
  const next = button(number + 1 < steps.length ? words.next : words.done, () => go(number + 1), "button-main");
  if (number) button(words.back, () => go(number - 1));
  button(words.leave, leave);
  panel.append(count, title, text, buttons);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "ArrowRight") go(number + 1);
    else if (event.key === "ArrowLeft" && number) go(number - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.body.append(panel);
  place();
  next.focus({ preventScroll: true });
}

async function load() {
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok && !answer.redirected ? answer.json() : null;
}

async function begin(step) {
  const tour = await load();
  if (!tour?.steps.length) return;
  const number = Math.min(step, tour.steps.length - 1);
  save(tour.desk, number, false);
  if (tour.steps[number].url === location.pathname) show(tour, number);
  else location.assign(tour.steps[number].url);
}

async function goOn() {
  const now = state();
  if (!now || now.paused) return;
  const tour = await load();
  // Another person signed in, or the page is not the step's: the tour waits until it is taken up again.
  if (!tour || tour.desk !== now.desk || tour.steps[now.step]?.url !== location.pathname) save(now.desk, now.step, true);
  else show(tour, now.step);
}

if (url) {
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-tour-start]")) begin(0);
    else if (event.target.closest?.("[data-tour-resume]")) begin(state()?.step ?? 0);
  });
  for (const one of document.querySelectorAll("[data-tour-start]")) one.hidden = false;
  for (const one of document.querySelectorAll("[data-tour-resume]")) one.hidden = !state();
  for (const one of document.querySelectorAll("[data-tour-offer]")) one.hidden = Boolean(localStorage.getItem(DONE));
  addEventListener("resize", place);
  addEventListener("scroll", place, { passive: true });
  goOn();
}
