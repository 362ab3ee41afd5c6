// The page that stands in place of a listed address: why, what to do, and the way back.

import {say, translatePage} from "./words.js";

const parts = new URLSearchParams(location.hash.slice(1));
const address = parts.get("address") ?? "";
const find = (id) => document.getElementById(id);

function isWebAddress(text) {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function show(verdict) {
  const language = say("language").startsWith("zh") ? "zh" : "en", {hostname} = new URL(address);
  document.title = say(`headline_${verdict.action}`);
  find("headline").textContent = document.title;
  find("host").textContent = hostname;
  const title = verdict.title[language];
  find("reason").textContent = title ? say("reason", title) : say("reason_unknown");
  find("appeal").hidden = !verdict.appeal.address && !verdict.appeal.hotline;
  find("appeal-link").hidden = !verdict.appeal.address;
  if (verdict.appeal.address) find("appeal-link").href = verdict.appeal.address;
  find("hotline").textContent = verdict.appeal.hotline ?? "";
  find("anyway").hidden = verdict.action === "block";
  find("checking").hidden = true;
  find("verdict").hidden = false;
  find("back").focus();
}

function goBack() {
  const steps = parts.get("committed") ? 2 : 1;
  if (history.length > steps) history.go(-steps);
  else chrome.tabs.update({url: "chrome://newtab/"});
}

async function proceed() {
  const {isAllowed} = await chrome.runtime.sendMessage({kind: "proceed", address});
  if (isAllowed) location.replace(address);
}

async function check() {
  translatePage();
  if (!isWebAddress(address)) return;
  const {verdict} = await chrome.runtime.sendMessage({kind: "check", address});
  if (verdict) show(verdict);
  else location.replace(address);
}

find("back").addEventListener("click", goBack);
find("proceed").addEventListener("click", proceed);
check();
