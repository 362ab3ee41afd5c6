// Filters act at once: a changed field sends its form; fields in an open menu wait until the menu closes. The field
// keeps the focus on the page that follows. Without this script the button sends the form.
const KEPT = `filter-here ${location.pathname}`;

function send(form, focus) {
  if (focus) sessionStorage.setItem(KEPT, focus);
  form.requestSubmit();
}

for (const form of document.querySelectorAll("form[data-instant]")) {
  form.classList.add("is-instant");
  form.addEventListener("change", (event) => {
    const menu = event.target.closest("details.menu");
    if (menu) menu.dataset.changed = "yes";
    else send(form, event.target.id);
  });
  for (const menu of form.querySelectorAll("details.menu")) {
    menu.addEventListener("toggle", () => { if (!menu.open && menu.dataset.changed) send(form); });
  }
  // What stands empty or at its standard is left out, so that the address is short and says the view.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
    for (const boxes of form.querySelectorAll("details.menu")) {
      const all = [...boxes.querySelectorAll("input[type=checkbox]")];
      if (all.length && all.every((box) => box.checked)) event.formData.delete(all[0].name);
    }
  });
}

document.getElementById(sessionStorage.getItem(KEPT))?.focus({ preventScroll: true });
sessionStorage.removeItem(KEPT);
