// The editor of rule texts: line numbers, marks where the check found something, and words to complete.
const area = document.querySelector("textarea.code");
const problems = document.getElementById("problems");
const offered = JSON.parse(document.getElementById("completions")?.textContent || "{}");
const LINE_HEIGHT = 20, MOST_OFFERS = 8;

const frame = document.createElement("div");
frame.className = "code-frame";
const gutter = document.createElement("div");
gutter.className = "code-lines";
gutter.setAttribute("aria-hidden", "true");
const field = document.createElement("div");
field.style.position = "relative";
const marks = document.createElement("div");
marks.className = "code-marks";
marks.setAttribute("aria-hidden", "true");
const offers = document.createElement("ul");
offers.className = "code-offers";
offers.id = "code-offers";
offers.setAttribute("role", "listbox");
offers.hidden = true;
area.before(frame);
frame.append(gutter, field);
field.append(area, marks, offers);
area.setAttribute("aria-autocomplete", "list");
area.setAttribute("aria-controls", "code-offers");

const style = getComputedStyle(area);
const pen = document.createElement("canvas").getContext("2d");
const widthOf = (text) => { pen.font = `${style.fontSize} ${style.fontFamily}`; return pen.measureText(text).width; };
const topOf = (line) => parseFloat(style.paddingTop) + parseFloat(style.borderTopWidth) + line * LINE_HEIGHT - area.scrollTop;
const leftOf = (text) => parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth) + widthOf(text) - area.scrollLeft;

function found() {
  return [...problems.querySelectorAll("[data-line]")].map((item) => ({
    line: Number(item.dataset.line) - 1, column: Number(item.dataset.column) - 1, warning: "warning" in item.dataset,
  }));
}

function draw() {
  const lines = area.value.split("\n"), all = found();
  gutter.replaceChildren(...lines.map((_line, number) => {
    const row = document.createElement("div");
    const here = all.filter((one) => one.line === number);
    row.textContent = number + 1;
    if (here.length) row.className = here.some((one) => !one.warning) ? "mistake" : "warning";
    return row;
  }));
  gutter.style.height = `${area.offsetHeight}px`;
  gutter.scrollTop = area.scrollTop;
  marks.replaceChildren(...all.filter((one) => one.line < lines.length).map((one) => {
    const mark = document.createElement("i"), text = lines[one.line];
    const word = /^(\w+|\s*\S?)/.exec(text.slice(one.column))[0] || " ";
    if (one.warning) mark.className = "warning";
    mark.style.top = `${topOf(one.line + 1) - 3}px`;
    mark.style.left = `${leftOf(text.slice(0, one.column))}px`;
    mark.style.width = `${Math.max(6, widthOf(word))}px`;
    return mark;
  }));
}

function goTo(line, column) {
  const lines = area.value.split("\n");
  const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  area.focus();
  area.setSelectionRange(at, at);
  area.scrollTop = Math.max(0, (line - 5) * LINE_HEIGHT);
}

// Words to complete: the fields of the fact that the rule is about come first.
function candidates(start) {
  const before = area.value.slice(0, area.selectionStart);
  const stated = [...before.matchAll(/\bon\s+(?:call\s+still\s+(talking|ringing)|(\w+))/g)].pop();
  const fact = stated ? { talking: "call_answered", ringing: "call_offered" }[stated[1]] || stated[2] : "";
  const fields = Object.entries(offered.facts?.[fact] || {});
  const lets = [...area.value.matchAll(/\blet\s+(\w+)/g)].map((match) => [match[1], ""]);
  const others = [...(offered.words || []), ...Object.keys(offered.facts || {})].map((word) => [word, ""]);
  const all = new Map([...others, ...lets, ...fields]);
  const names = [...new Map([...lets, ...fields, ...others]).keys()];
  return names.filter((name) => name.startsWith(start) && name !== start).slice(0, MOST_OFFERS).map((name) => [name, all.get(name)]);
}

let chosen = -1;
const startOfWord = () => /\w*$/.exec(area.value.slice(0, area.selectionStart))[0];

function close() { offers.hidden = true; chosen = -1; area.removeAttribute("aria-activedescendant"); }

function offer(always) {
  const start = startOfWord();
  const words = always || start.length > 1 ? candidates(start) : [];
  if (!words.length) return close();
  offers.replaceChildren(...words.map(([name, title], number) => {
    const item = document.createElement("li"), note = document.createElement("span");
    item.id = `code-offer-${number}`;
    item.setAttribute("role", "option");
    item.dataset.word = name;
    note.textContent = title;
    item.append(name, note);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); complete(name); });
    return item;
  }));
  const lines = area.value.slice(0, area.selectionStart).split("\n");
  offers.style.top = `${topOf(lines.length)}px`;
  offers.style.left = `${leftOf(lines.at(-1).slice(0, lines.at(-1).length - start.length))}px`;
  offers.hidden = false;
  choose(always ? 0 : -1);
}

function choose(number) {
  const items = [...offers.children];
  chosen = number < 0 ? -1 : (number + items.length) % items.length;
  items.forEach((item, at) => item.setAttribute("aria-selected", at === chosen));
  if (chosen >= 0) area.setAttribute("aria-activedescendant", items[chosen].id);
}

function complete(name) {
  const end = area.selectionStart, start = end - startOfWord().length;
  area.setRangeText(name, start, end, "end");
  close();
  area.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

area.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === " ") { event.preventDefault(); offer(true); return; }
  if (offers.hidden) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1 + offers.children.length);
  } else if ((event.key === "Enter" && chosen >= 0) || event.key === "Tab") {
    event.preventDefault();
    complete(offers.children[Math.max(chosen, 0)].dataset.word);
  } else if (event.key === "Escape") { event.preventDefault(); close(); }
});
area.addEventListener("input", () => { draw(); offer(false); });
area.addEventListener("scroll", () => { draw(); close(); });
area.addEventListener("blur", close);
problems.addEventListener("click", (event) => {
  const item = event.target.closest("[data-goto]")?.closest("[data-line]");
  if (item) goTo(Number(item.dataset.line), Number(item.dataset.column));
});
document.body.addEventListener("htmx:afterSwap", draw);
new ResizeObserver(draw).observe(area);
draw();
