// Cards of the board move by dragging, or by the left and right arrow on a card. Without this script each card has a form.
const board = document.querySelector("[data-board]");

function move(card, person) {
  const form = card.querySelector("form");
  if (form.elements.to.value === person) return;
  form.elements.to.value = person;
  form.requestSubmit();
}

if (board) {
  let dragged = null;
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    event.dataTransfer.effectAllowed = "move";
  });
  board.addEventListener("dragend", () => { dragged = null; });
  for (const column of board.querySelectorAll("[data-person]")) {
    column.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      column.classList.add("is-over");
    });
    column.addEventListener("dragleave", () => column.classList.remove("is-over"));
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      column.classList.remove("is-over");
      if (dragged) move(dragged, column.dataset.person);
    });
  }
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-card]");
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!card || !by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest("select, input, textarea")) return;
    const columns = [...board.querySelectorAll("[data-person]")];
    const next = columns[columns.indexOf(card.closest("[data-person]")) + by];
    event.preventDefault();
    if (next) move(card, next.dataset.person);
  });
  // The card that was moved keeps the focus; the browser itself takes it away when it goes to the place in the address.
  addEventListener("load", () => setTimeout(() => document.querySelector(`${location.hash || "#none"} a[href]`)?.focus()));
}

document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
