// Send requests from the reference of the API: with one's own session and its CSRF token, or with a key.
const key = document.getElementById("api-key");
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

function address(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-place]")) {
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.dataset.place === "query" && field.value) query.append(field.name, field.value);
  }
  return query.size ? `${path}?${query}` : path;
}

function headers(form) {
  const sent = { Accept: "application/json" };
  if (key.value) sent.Authorization = `Bearer ${key.value}`;
  else sent["X-CSRFToken"] = token();
  for (const field of form.querySelectorAll("[data-place=header]")) if (field.value) sent[field.name] = field.value;
  if (form.dataset.media) sent["Content-Type"] = form.dataset.media;
  return sent;
}

function show(place, status, text) {
  const line = document.createElement("p");
  line.className = "strong";
  line.textContent = status;
  const body = document.createElement("pre");
  body.tabIndex = 0;
  body.textContent = text;
  place.replaceChildren(line, ...(text ? [body] : []));
}

async function send(form) {
  const place = form.querySelector("[data-answer]");
  const url = address(form);
  const body = form.querySelector("[data-body]")?.value;
  try {
    const answer = await fetch(url, {
      method: form.dataset.method,
      headers: headers(form),
      credentials: key.value ? "omit" : "same-origin",
      body: form.dataset.media ? body : undefined,
    });
    const text = await answer.text();
    const isJson = (answer.headers.get("Content-Type") ?? "").includes("json") && text;
    let shown = text;
    try {
      if (isJson) shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // several lines of JSON are shown as they came
    }
    show(place, `${form.dataset.method} ${url} → ${answer.status}`, shown.slice(0, 200_000));
  } catch {
    show(place, document.body.dataset.failedWords, "");
  }
}

document.querySelector("[data-api-key-field]").hidden = false;
for (const form of document.querySelectorAll("form[data-try]")) {
  form.querySelector("button").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
const named = document.getElementById(location.hash.slice(1));
if (named instanceof HTMLDetailsElement) named.open = true;
