// Looks a value up without telling the site what it is. What cannot be brought into its canonical form here is sent by
// the form, after the page has said so.
const form = document.getElementById("look-up");
const place = document.getElementById("answer");
const ACCOUNT = "account";

// Returns a number in E.164, a host in lower case or a package name; null if only the site can read it.
function canonical(kind, written) {
  const value = written.normalize("NFKC").trim();
  if (kind === "phone_number") {
    const digits = value.replace(/[\s().\-\u2010-\u2015]/g, "").replace(/^00/, "+");
    if (/^1[3-9]\d{9}$/.test(digits)) return `+86${digits}`;
    if (/^0[1-9]\d{8,10}$/.test(digits)) return `+86${digits.slice(1)}`;
    return /^\+[1-9]\d{6,14}$/.test(digits) && !/^\+860/.test(digits) ? digits : null;
  }
  if (kind === "website") {
    try {
      return new URL(/^https?:\/\//i.test(value) ? value : `http://${value}`).hostname.replace(/\.$/, "") || null;
    } catch {
      return null;
    }
  }
  return kind === "app" && /^[a-z]\w*(\.[a-z]\w*){1,15}$/i.test(value) ? value : null;
}

function show(kind, value, found) {
  const category = found?.category ?? "";
  const proven = found?.proven || kind !== "phone_number" ? "yes" : "no"; // a report of a link is about the link
  const sections = [...document.getElementById("answers").content.querySelectorAll("section")];
  const section = sections.find(
    ({ dataset }) => dataset.kind === kind && dataset.answer === category && (!found || dataset.proven === proven),
  );
  const copy = section.cloneNode(true);
  copy.querySelector("h2").textContent = value;
  place.replaceChildren(copy);
}

function toggle(id, isShown) {
  document.getElementById(id).hidden = !isShown;
}

if (form && globalThis.crypto?.subtle) {
  const { lookUp } = await import(form.dataset.client);
  let isAnnounced = false;
  toggle("sends-all", false);
  toggle("sends-part", true);
  const announce = () => {
    isAnnounced = true;
    toggle("sends-next", true);
  };
  form.addEventListener("input", () => {
    isAnnounced = false;
    toggle("sends-next", false);
    toggle("look-up-whole", false);
  });
  form.addEventListener("submit", async (event) => {
    if (isAnnounced || event.submitter?.name === "whole") return;
    event.preventDefault();
    const typed = form.elements.value.value;
    if (form.elements.kind.value === "phone_number" && /[a-z]/i.test(typed) && typed.includes(".")) {
      form.elements.kind.value = "website"; // a link was typed under the kind that stands first
    }
    const kind = form.elements.kind.value;
    const value = kind === ACCOUNT ? null : canonical(kind, typed);
    if (value === null) return announce();
    try {
      show(kind, value, await lookUp("", kind, value));
      toggle("look-up-whole", kind === "phone_number");
    } catch {
      announce();
    }
  });
}
