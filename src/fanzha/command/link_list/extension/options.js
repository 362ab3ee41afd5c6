// The page of options: where the list comes from, and how old it is.

import {clean, listAddress} from "./checker.js";
import {say, translatePage} from "./words.js";

const find = (id) => document.getElementById(id);

function describe({site, entries, updatedAt, error}) {
  if (!site) return say("no_site");
  const at = updatedAt ? new Date(updatedAt).toLocaleString(say("language")) : "–";
  const line = say("list_state", String(entries), at);
  return error ? `${line} ${say("list_error", error)}` : line;
}

async function show(kind) {
  find("said").textContent = describe(await chrome.runtime.sendMessage({kind}));
}

async function showAddress() {
  const {site, isManaged} = await listAddress();
  find("site").value = site;
  find("site").readOnly = isManaged;
  find("managed").hidden = !isManaged;
  find("save").hidden = isManaged;
  await show("describe");
}

find("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const site = clean(find("site").value);
  if (site && !/^https?:\/\/[^/]/.test(site)) {
    find("said").textContent = say("site_wrong");
    return;
  }
  await chrome.storage.local.set({site});
  await show("refresh");
});
find("update").addEventListener("click", () => show("refresh"));
chrome.storage.onChanged.addListener((changes, area) => {
  if (changes.site && area === "managed") showAddress(); // a policy may come after the page
});
translatePage();
document.title = say("options");
showAddress();
