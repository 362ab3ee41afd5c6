// Registers the service worker for the pages below data-scope, so that they are installed and answer without a network.
const { worker, scope } = document.body.dataset;
if (worker && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(worker, { scope }).catch(() => {});
}
