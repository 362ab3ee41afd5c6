// Ask before what `data-confirm` stands at; the words say what will happen, the answer that is safe has the focus.
const dialog = document.getElementById("confirm");

document.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  const words = pressed?.dataset.confirm || event.target.dataset.confirm;
  if (!words || !dialog || event.target.dataset.confirmed) return;
  event.preventDefault();
  dialog.querySelector("#confirm-words").textContent = words;
  dialog.returnValue = "no";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    event.target.dataset.confirmed = "yes";
    event.target.requestSubmit(pressed);
    delete event.target.dataset.confirmed;
  };
  dialog.showModal();
  dialog.querySelector("[value=no]").focus();
});
