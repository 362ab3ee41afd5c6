// Expressions of an address as Safe Browsing has them ("URLs and Hashing"): suffixes of the host × beginnings of the
// path. `fanzha.claims.url_expressions` is the same in Python; one table of examples tests both.

const LAST_LABELS = 5, MOST_FOLDERS = 3, MOST_UNESCAPES = 20;
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
const HEX = [...Array(256).keys()].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`);

// Return all expressions that may list an address, the most exact first; [] for what has no public host.
export function expressions(address) {
  const parts = split(address);
  if (!parts) return [];
  const [host, path, query] = parts;
  const paths = query ? [path + query, path, ...folders(path)] : [path, ...folders(path)];
  return [...new Set(hosts(host).flatMap((name) => paths.map((beginning) => name + beginning)))];
}

export async function hashExpression(expression) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(expression)));
}

function split(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  const host = canonicalHost(url.hostname);
  if (!host) return null;
  const query = url.search.length > 1 ? `?${escape(url.search.slice(1))}` : "";
  return [host, resolve(escape(resolve(url.pathname))).replace(/\/{2,}/g, "/"), query];
}

function canonicalHost(written) {
  const host = written.toLowerCase().replace(/\.$/, "");
  const mapped = host.match(/^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/);
  if (mapped) {
    const [high, low] = [parseInt(mapped[1], 16), parseInt(mapped[2], 16)];
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  if (host.startsWith("[")) return host;
  return host.includes(".") && !host.split(".").includes("") ? host : "";
}

// Resolve `.` and `..`, also where they are escaped.
function resolve(path) {
  const segments = path.replace(/^\//, "").split("/"), parts = [];
  segments.forEach((segment, place) => {
    const plain = segment.replaceAll("%2e", ".").replaceAll("%2E", ".");
    if (plain !== "." && plain !== "..") {
      parts.push(segment);
      return;
    }
    if (plain === "..") parts.pop();
    if (place === segments.length - 1) parts.push("");
  });
  return `/${parts.join("/")}`;
}

// Undo all escapes, and escape what is not printable, `#` and `%`.
function escape(text) {
  let bytes = new TextEncoder().encode(text);
  for (let round = 0; round < MOST_UNESCAPES; round += 1) {
    const plain = unescape(bytes);
    if (plain.length === bytes.length) break;
    bytes = plain;
  }
  return [...bytes].map((byte) => plainByte(byte) ? String.fromCharCode(byte) : HEX[byte]).join("");
}

function plainByte(byte) {
  return byte > 0x20 && byte < 0x7f && byte !== 0x23 && byte !== 0x25;
}

function unescape(bytes) {
  const plain = [];
  for (let place = 0; place < bytes.length; place += 1) {
    const value = bytes[place] === 0x25 ? hexValue(bytes[place + 1], bytes[place + 2]) : -1;
    plain.push(value < 0 ? bytes[place] : value);
    if (value >= 0) place += 2;
  }
  return Uint8Array.from(plain);
}

function hexValue(high, low) {
  const text = String.fromCharCode(high ?? 0, low ?? 0);
  return /^[0-9a-fA-F]{2}$/.test(text) ? parseInt(text, 16) : -1;
}

function hosts(host) {
  if (host.startsWith("[") || ADDRESS.test(host)) return [host];
  const labels = host.split("."), found = [host];
  for (let count = Math.min(labels.length - 1, LAST_LABELS); count > 1; count -= 1) {
    found.push(labels.slice(-count).join("."));
  }
  return found;
}

function folders(path) {
  const names = path.split("/").slice(1, -1), found = [];
  for (let count = 0; count <= Math.min(names.length, MOST_FOLDERS); count += 1) {
    found.push(`/${names.slice(0, count).map((name) => `${name}/`).join("")}`);
  }
  return found;
}
