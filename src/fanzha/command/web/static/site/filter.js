// Narrow a list while typing: `data-filter` names what holds the rows; rows that lack a typed word are hidden.
function narrow(input) {
  const terms = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of document.querySelectorAll(`${input.dataset.filter} [data-row]`)) {
    const text = row.textContent.toLowerCase();
    row.hidden = !terms.every((term) => text.includes(term));
  }
}

document.querySelectorAll("input[data-filter]").forEach((input) => input.addEventListener("input", () => narrow(input)));
