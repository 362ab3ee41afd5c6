// Put a button beside each `data-copy` that copies its text; where the browser allows none, there is no button.
const { copyWord, copiedWord } = document.body.dataset;

function offer(element) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button-link no-print";
  button.textContent = copyWord;
  button.setAttribute("aria-label", `${copyWord}: ${element.textContent}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(element.dataset.copy || element.textContent);
    button.textContent = copiedWord;
    setTimeout(() => { button.textContent = copyWord; }, 2_000);
  });
  element.after(" ", button);
}

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(offer);
