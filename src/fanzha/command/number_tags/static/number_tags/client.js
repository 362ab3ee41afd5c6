// A small client of the public look-up: it sends the beginning of a hash and compares by itself, so that the site does
// not learn what was asked. `lookUp("https://site.example", "phone_number", "+8617000000001")` resolves to a category and
// whether it is `proven` (else it is about calls that showed the number, which may be forged), or to null without a
// report, which does not mean safe. Values are canonical: numbers in E.164, hosts in lower case.
const DIGITS = { phone_number: 4, website: 8, app: 8, account: 8 };

export async function digestOf(value) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(value));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function lookUp(site, kind, value, ask = fetch) {
  const digest = await digestOf(value);
  const answer = await ask(`${site}/tags/hashes/${kind}/${digest.slice(0, DIGITS[kind])}`);
  if (!answer.ok) throw new Error(`the site answered ${answer.status}`);
  const { entries } = await answer.json();
  const found = entries.find((entry) => entry.hash === digest);
  return found ? { category: found.category, proven: found.proven } : null;
}
