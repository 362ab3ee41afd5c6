// Registers the service worker, so that the page can be installed on a phone.
const worker = document.body.dataset.worker;
if (worker && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(worker, { scope: "/tags/" }).catch(() => {});
}
