// Keep "3 min. ago" and "in 42 min." true while the page stays open, in the words that the server used.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });
const now = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" }).format(0, "second");
const spans = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];

function relative(milliseconds) {
  for (const [unit, span] of spans) {
    const count = Math.trunc(milliseconds / span);
    if (count) return words.format(count, unit);
  }
  return now;
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const left = new Date(time.dateTime) - Date.now();
    time.textContent = relative(left);
    const clock = time.closest("[data-clock]");
    if (clock && left < 0 && !clock.classList.contains("clock-late")) {
      clock.className = "clock clock-late";
      time.previousElementSibling.textContent = clock.dataset.lateBefore;
      time.nextElementSibling.textContent = clock.dataset.lateAfter;
    }
  }
}

setInterval(refresh, 30_000);
document.addEventListener("htmx:afterSettle", refresh);
