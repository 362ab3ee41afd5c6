// Names while typing @ in a comment. Without this script a name typed in full after @ mentions its bearer too.
const WAIT = 120;
const TYPED = /[@＠]([^@＠\n]{0,30})$/;

function attach(field) {
  const list = document.getElementById(field.dataset.list);
  let timer = 0;
  let request = null;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-expanded", "false");
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    if (option) field.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  }

  function typed() {
    return field.value.slice(0, field.selectionStart).match(TYPED);
  }

  async function refresh() {
    const found = typed();
    if (!found) return close();
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.mentions}?${new URLSearchParams({ q: found[1] })}`, { signal: request.signal, redirect: "error" });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") close();
      return;
    }
    const all = options();
    if (!all.length) return close();
    all.forEach((option, number) => { option.id = `${list.id}-${number}`; });
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    choose(all[0]);
  }

  function insert(option) {
    const found = typed();
    if (!found) return close();
    const start = field.selectionStart - found[0].length;
    field.setRangeText(`@${option.dataset.name} `, start, field.selectionStart, "end");
    close();
  }

  function step(by) {
    const all = options();
    choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
  }

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(refresh, WAIT); });
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) insert(option);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen()) insert(chosen());
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

const prepare = (part) => part.querySelectorAll("[data-mentions]:not([role])").forEach(attach);
prepare(document);
document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
