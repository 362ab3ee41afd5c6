{% load static %}// The service worker of look-up and reports: it keeps the style and the mark, and asks this site alone.
const CACHE = "number-tags-1";
const KEPT = ["{% static 'site/public.css' %}", "{% static 'site/mark.svg' %}"];

self.addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT))));

self.addEventListener("activate", (event) =>
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))),
  ),
);

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (KEPT.includes(url.pathname)) {
    event.respondWith(caches.match(event.request).then((found) => found ?? fetch(event.request)));
  } else if (event.request.mode === "navigate") {
    event.respondWith(
      fetch(event.request).catch(
        () =>
          new Response(
            '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
              "<title>离线 Offline</title><h1>离线 Offline</h1><p>现在无法查询或举报。查不到不代表安全。如已付款请拨打 110 或 96110。</p>" +
              '<p lang="en">Nothing can be looked up or reported now. No report does not mean safe. If you paid, call 110 or 96110.</p></html>',
            { headers: { "Content-Type": "text/html; charset=utf-8" } },
          ),
      ),
    );
  }
});
