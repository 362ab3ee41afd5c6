// Long choices are narrowed while typing, and a form that was refused has the focus on its first fault.
const LONG = 12;

function searchBox(words) {
  const input = document.createElement("input");
  input.type = "search";
  input.className = "narrow-choices";
  input.autocomplete = "off";
  input.placeholder = document.body.dataset.searchWord;
  input.setAttribute("aria-label", `${document.body.dataset.searchWord}: ${words}`);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  return input;
}

const fits = (text, typed) => typed.toLowerCase().split(/\s+/).every((term) => text.toLowerCase().includes(term));

function narrowSelect(select) {
  const options = [...select.options];
  const input = searchBox(select.labels[0]?.firstChild.textContent.trim() ?? "");
  input.addEventListener("input", () => {
    const chosen = select.selectedOptions[0];
    const found = options.filter((option) => !option.value || option === chosen || fits(option.text, input.value));
    select.replaceChildren(...found);
    select.value = chosen?.value ?? "";
  });
  input.addEventListener("keydown", (event) => { // Enter chooses what alone fits; typing chooses nothing
    const named = [...select.options].filter((option) => option.value && fits(option.text, input.value));
    if (event.key !== "Enter" || named.length !== 1 || !input.value.trim()) return;
    select.value = named[0].value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.before(input);
}

function narrowChoices(fieldset) {
  const labels = [...fieldset.querySelectorAll("label:has(input[type=checkbox])")];
  const input = searchBox(fieldset.querySelector("legend")?.firstChild.textContent.trim() ?? "");
  input.addEventListener("input", () => labels.forEach((label) => {
    const row = label.parentElement;
    row.hidden = !label.control.checked && !fits(label.textContent, input.value);
  }));
  labels[0].closest("fieldset > div, fieldset > ul")?.before(input);
}

for (const select of document.querySelectorAll(".field select:not([multiple])")) {
  if (select.options.length > LONG && !select.closest(".filters")) narrowSelect(select);
}
for (const fieldset of document.querySelectorAll(".field fieldset")) {
  if (fieldset.querySelectorAll("input[type=checkbox]").length > LONG) narrowChoices(fieldset);
}
document.querySelector("[aria-invalid=true]")?.focus();
