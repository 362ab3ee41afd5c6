// The page that stands in place of a listed address: why, what to do, and the way back.

import {say, translatePage} from "./words.js";

const parts = new URLSearchParams(location.hash.slice(1));
const address = parts.get("address") ?? "";
const LONGEST_WAIT = 8_000;
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
  const answer = await ask("check");
  if (answer?.verdict) {
    show(answer.verdict);
    return;
  }
  if (answer === null) await ask("open");
  location.replace(address);
}

// Return the answer of the background, null if it fails or takes too long: then the page opens.
async function ask(kind) {
  const late = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT, null));
  const answer = chrome.runtime.sendMessage({kind, address}).then((found) => (found?.isFailed ? null : found ?? null));
  return Promise.race([answer.catch(() => null), late]);
}

find("back").addEventListener("click", goBack);
find("proceed").addEventListener("click", proceed);
check();
