// The list of one site and what is known of links. The site learns four bytes of hashes, and only when the list has
// them, among others of the list. Nothing else leaves the browser.

import {expressions, hashExpression} from "./expressions.js";
import {applyUpdate, findPlace, fromBase64, has, prefixBytes, prefixNumber, readPrefixes, toBase64} from "./hash_list.js";

const LIST = "se-4b", DECOYS = 3, SECONDS = 1000, LONGEST_WAIT = 86_400;
const TIMEOUT = 5 * SECONDS, STALE = 86_400 * SECONDS;
let loaded = null;

// Return the address of the list: of the administrator's policy, of the options, or of the package.
export async function listAddress() {
  const managed = await chrome.storage.managed.get("site").catch(() => ({}));
  if (managed.site) return {site: clean(managed.site), isManaged: true};
  const {site} = await chrome.storage.local.get("site");
  if (site) return {site: clean(site), isManaged: false};
  const packed = await (await fetch(chrome.runtime.getURL("site.json"))).json();
  return {site: clean(packed.site), isManaged: false};
}

export function clean(site) {
  return site.trim().replace(/\/+$/, "");
}

// Return the state of the list: site, version, prefixes, when it was updated, and the error of the last try.
export async function state() {
  const {site} = await listAddress();
  if (loaded?.site === site) return loaded;
  const {list, prefixes = ""} = await chrome.storage.local.get(["list", "prefixes"]);
  const isOwn = list?.site === site;
  const empty = {site, version: "", checksum: "", updatedAt: 0, nextAt: 0, error: ""};
  loaded = {...(isOwn ? list : empty), prefixes: readPrefixes(fromBase64(isOwn ? prefixes : ""))};
  return loaded;
}

// Bring the list up to date if that is due, or at once; return its state.
export async function update(now = false) {
  const before = await state();
  if (!before.site || (!now && Date.now() < before.nextAt)) return before;
  try {
    await save(await fetchList(before), before.checksum);
  } catch (error) {
    await save({...before, error: String(error.message ?? error)}, before.checksum);
  }
  return loaded;
}

async function fetchList(before) {
  try {
    return await fetchUpdate(before);
  } catch (error) {
    if (!before.version || error.isUnreachable) throw error;
    return fetchUpdate({...before, version: "", prefixes: new Uint32Array(0)}); // a damaged list is loaded whole
  }
}

async function fetchUpdate(before) {
  const query = before.version ? `?${new URLSearchParams({version: before.version})}` : "";
  const answer = await ask(before.site, `/v5/hashList/${LIST}${query}`);
  const prefixes = await applyUpdate(before.prefixes, answer);
  const wait = Math.min(parseFloat(answer.minimumWaitDuration ?? "0"), LONGEST_WAIT) * SECONDS;
  const at = Date.now();
  const checksum = answer.sha256Checksum;
  return {site: before.site, version: answer.version, checksum, prefixes, updatedAt: at, nextAt: at + wait, error: ""};
}

// Keep a list; its prefixes, which may be many, only if they changed.
async function save(list, checksum) {
  const {prefixes, ...rest} = list;
  const isSame = list.checksum === checksum;
  await chrome.storage.local.set(isSame ? {list: rest} : {list: rest, prefixes: toBase64(prefixBytes(prefixes))});
  loaded = list;
}

// Return the hashes of an address that the list may have, by their prefix alone.
export async function localHits(address) {
  const {prefixes} = await state();
  if (!prefixes.length) return [];
  const hashes = await Promise.all(expressions(address).map(hashExpression));
  return hashes.filter((hash) => has(prefixes, prefixNumber(hash))).map(toBase64);
}

// Return what is known of hashes without asking: the strictest verdict, null if they are clear, undefined if unknown.
export async function knownVerdict(hits) {
  const {answers = {}} = await chrome.storage.session.get("answers");
  const own = hits.map((hash) => answers[prefixText(hash)]);
  if (own.some((answer) => !answer || answer.until < Date.now())) return undefined;
  return strictest(own.flatMap((answer) => answer.matches).filter((match) => hits.includes(match.hash)));
}

// Return the strictest verdict that an answer of the last day gave on hashes, null if there is none.
export async function staleVerdict(hits) {
  const {answers = {}} = await chrome.storage.session.get("answers");
  const own = hits.map((hash) => answers[prefixText(hash)]).filter((answer) => answer);
  return strictest(own.flatMap((answer) => answer.matches).filter((match) => hits.includes(match.hash)));
}

// Return the strictest verdict on hashes, null if they are clear. Throw if the site does not answer.
export async function askVerdict(hits) {
  const {site, prefixes} = await state();
  const asked = new Set(hits.map(prefixText));
  for (const prefix of [...asked]) {
    for (const decoy of await decoys(prefix, prefixes)) asked.add(decoy);
  }
  const query = new URLSearchParams([...asked].sort().map((prefix) => ["hashPrefixes", prefix]));
  const answer = await ask(site, `/v5/hashes:search?${query}`);
  const until = Date.now() + parseFloat(answer.cacheDuration ?? "0") * SECONDS;
  const matches = (answer.fullHashes ?? []).map((entry) => readMatch(entry, answer.appeal ?? {}));
  const {answers: kept = {}} = await chrome.storage.session.get("answers");
  const answers = Object.fromEntries(Object.entries(kept).filter(([, {until: end}]) => Date.now() < end + STALE));
  for (const prefix of asked) {
    answers[prefix] = {until, matches: matches.filter((match) => prefixText(match.hash) === prefix)};
  }
  await chrome.storage.session.set({answers});
  return strictest(matches.filter((match) => hits.includes(match.hash)));
}

// Return prefixes of the list that are asked for beside one: the same ones each time, so that repeats tell no more.
async function decoys(prefix, list) {
  let {key} = await chrome.storage.local.get("key");
  if (!key) {
    key = toBase64(crypto.getRandomValues(new Uint8Array(16)));
    await chrome.storage.local.set({key});
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${key} ${prefix}`));
  const wanted = readPrefixes(new Uint8Array(digest)).subarray(0, DECOYS);
  return [...wanted].map((number) => {
    const place = findPlace(list, number) % list.length;
    return toBase64(prefixBytes(list.subarray(place, place + 1)));
  });
}

function readMatch(entry, appeal) {
  const detail = entry.fullHashDetails?.[0] ?? {}, address = appeal.address ?? "";
  return {
    hash: entry.fullHash,
    action: detail.action === "block" ? "block" : "warn",
    title: detail.fraudTitle ?? {},
    appeal: {...appeal, address: /^https?:\/\//.test(address) ? address : ""},
  };
}

function strictest(matches) {
  return matches.find((match) => match.action === "block") ?? matches[0] ?? null;
}

function prefixText(hash) {
  return toBase64(fromBase64(hash).subarray(0, 4));
}

async function ask(site, path) {
  let answer;
  try {
    answer = await fetch(site + path, {credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(TIMEOUT)});
  } catch (error) {
    throw Object.assign(new Error(String(error.message)), {isUnreachable: true});
  }
  if (!answer.ok) throw Object.assign(new Error(`HTTP ${answer.status}`), {isUnreachable: true});
  return answer.json();
}
