// Update the list in the background, and lead a tab that opens a listed address to the page that warns of it.

import {askVerdict, knownVerdict, localHits, staleVerdict, state, update} from "./checker.js";

const PAGE = chrome.runtime.getURL("warning.html");
const OLD_AFTER = 3_600_000, WITHOUT_ANSWER = 60_000;

chrome.runtime.onInstalled.addListener(begin);
chrome.runtime.onStartup.addListener(begin);
chrome.alarms.onAlarm.addListener(() => refresh());
chrome.storage.onChanged.addListener((changes, area) => {
  if (changes.site && area !== "session") refresh(true);
});

async function begin() {
  await chrome.alarms.create("update", {periodInMinutes: 0.5});
  await refresh();
}

async function refresh(now = false) {
  await update(now);
  await showAge();
}

// Say at the button that the list could not be updated; links are still compared with it.
async function showAge() {
  const {site, updatedAt, error} = await state();
  const isOld = Boolean(site) && (Boolean(error) || Date.now() - updatedAt > OLD_AFTER);
  const at = updatedAt ? new Date(updatedAt).toLocaleString() : "–";
  await chrome.action.setBadgeText({text: isOld ? chrome.i18n.getMessage("badge_old") : ""});
  await chrome.action.setBadgeBackgroundColor({color: "#8a4b00"});
  await chrome.action.setTitle({title: isOld ? chrome.i18n.getMessage("title_old", [at]) : chrome.i18n.getMessage("name")});
}

async function look(details, isCommitted) {
  if (details.frameId !== 0 || !/^https?:/.test(details.url)) return;
  const hits = await localHits(details.url);
  if (!hits.length || await isAllowed(details.url)) return;
  if (await knownVerdict(hits) === null) return;
  const fragment = new URLSearchParams({address: details.url, ...(isCommitted ? {committed: "yes"} : {})});
  await chrome.tabs.update(details.tabId, {url: `${PAGE}#${fragment}`}).catch(() => undefined); // the tab may be gone
}

chrome.webNavigation.onBeforeNavigate.addListener((details) => look(details, false));
chrome.webNavigation.onCommitted.addListener((details) => look(details, true)); // where redirects led
chrome.webNavigation.onHistoryStateUpdated.addListener((details) => look(details, true));

// Hosts that open although they are listed, until a moment or the end of the browser.
async function isAllowed(address) {
  const {allowed = {}} = await chrome.storage.session.get("allowed");
  return Date.now() < (allowed[new URL(address).hostname] ?? 0);
}

async function allow(address, until) {
  const {allowed = {}} = await chrome.storage.session.get("allowed");
  await chrome.storage.session.set({allowed: {...allowed, [new URL(address).hostname]: until}});
}

const ANSWERS = {
  // What is known of an address. Without an answer of the site, what it said within a day counts; else the page opens,
  // because the list alone is no verdict.
  async check({address}) {
    let hits = [];
    try {
      hits = await localHits(address);
      if (!hits.length) return {verdict: null};
      const known = await knownVerdict(hits);
      return {verdict: known === undefined ? await askVerdict(hits) : known};
    } catch (error) {
      const list = await state();
      list.error = String(error.message);
      await showAge();
      const stale = await staleVerdict(hits);
      if (!stale) await allow(address, Date.now() + WITHOUT_ANSWER);
      return {verdict: stale};
    }
  },
  async open({address}) {
    await allow(address, Date.now() + WITHOUT_ANSWER);
    return {};
  },
  async proceed({address}) {
    const verdict = await staleVerdict(await localHits(address));
    if (verdict?.action === "block") return {isAllowed: false};
    await allow(address, Number.MAX_SAFE_INTEGER);
    return {isAllowed: true};
  },
  async refresh() {
    await refresh(true);
    return describe(await state());
  },
  async describe() {
    return describe(await state());
  },
};

function describe({site, prefixes, updatedAt, error}) {
  return {site, entries: prefixes.length, updatedAt, error};
}

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  if (sender.id !== chrome.runtime.id || !Object.hasOwn(ANSWERS, message.kind)) return false;
  ANSWERS[message.kind](message).then(respond, () => respond({isFailed: true}));
  return true;
});
