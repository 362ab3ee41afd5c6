// What a page holds: links, media, forms, scripts, frames, title and text. Runs in an isolated world: the page cannot change its functions.
// Named elements hide members of forms and of the document in every world, so these are taken from their prototypes.
(() => {
  const most = 2000, longest = 2000;
  const cut = (value) => String(value ?? "").slice(0, longest);
  const get = (type, name, owner) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(owner);
  const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);
  const area = (element) => Element.prototype.getBoundingClientRect.call(element);
  const all = (selector) => Array.from(Document.prototype.querySelectorAll.call(document, selector)).slice(0, most);
  const root = get(Document, "documentElement", document), body = get(Document, "body", document);
  const hidden = (element) => {
    const box = area(element), style = getComputedStyle(element);
    return box.width < 2 || box.height < 2 || style.visibility === "hidden" || style.display === "none" || style.opacity === "0";
  };
  const label = (input) => [
    input.name, input.id, input.placeholder, input.autocomplete, attribute(input, "aria-label"),
    ...Array.from(input.labels ?? []).map((each) => each.textContent),
    input.closest("label, td, li, div, p")?.textContent?.slice(0, 80),
  ].map(cut).join(" ");
  const inputs = all("input, select, textarea").filter((input) => !["hidden", "submit", "button", "image", "reset"].includes(input.type));
  const owners = [...new Set(inputs.map((input) => input.form))].slice(0, 50);
  const html = root ? get(Element, "outerHTML", root) : "";
  const style = (element) => getComputedStyle(element).backgroundImage;
  const pictures = [...all("img, svg, canvas, input[type=image]"), ...all("[class*=logo i], [id*=logo i], header *, .brand").filter((element) => style(element) !== "none")];
  return {
    url: cut(location.href),
    title: cut(get(Document, "title", document)),
    text: (body?.innerText ?? "").slice(0, 100000),
    anchors: all("a[href]").map((element) => cut(attribute(element, "href"))),
    links: all("link[href]").map((element) => ({ href: cut(attribute(element, "href")), rel: cut(element.rel) })),
    media: all("img[src], video[src], audio[src], embed[src], source[src]").map((element) => cut(attribute(element, "src"))),
    scripts: all("script[src]").map((element) => cut(attribute(element, "src"))),
    actions: all("form").map((element) => {
      const action = attribute(element, "action");
      return action === null ? null : cut(action);
    }),
    forms: owners.map((owner) => ({
      action: owner ? cut(attribute(owner, "action")) : "",
      method: owner ? cut(get(HTMLFormElement, "method", owner)) : "",
      inputs: inputs.filter((input) => input.form === owner).slice(0, 100).map((input) => ({
        type: cut(input.type), words: label(input), hidden: hidden(input), length: input.maxLength ?? -1,
      })),
    })),
    frames: all("iframe, frame").map((element) => ({ src: cut(attribute(element, "src")), hidden: hidden(element) })),
    pictures: pictures.map(area)
      .filter((box) => box.top + scrollY < 500 && box.width >= 16 && box.height >= 16 && box.width <= 700 && box.height <= 400)
      .slice(0, 12).map((box) => [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round)),
    marks: {
      popup: /\bprompt\s*\(/i.test(html),
      mouseover: /onmouseover\s*=\s*["']?window\.status\s*=/i.test(html),
      rightclick: /event\.button\s*={2,3}\s*2|oncontextmenu\s*=\s*["']?\s*return\s+false/i.test(html),
      copyright: (html.match(/.{0,50}[©™®].{0,50}/s) ?? html.match(/.{0,50}&(?:copy|trade|reg);.{0,50}/s) ?? [""])[0],
    },
    height: Math.max(root ? get(Element, "scrollHeight", root) : 0, body?.scrollHeight ?? 0),
  };
})()
