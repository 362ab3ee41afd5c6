// The graph to explore: pieces come from the site one hop at a time; what is drawn keeps its place.
import { relax, seed } from "./graph-layout.js";
import { savePng, saveSvg } from "./graph-export.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 960;
const HEIGHT = 560;
const MOST_NODES = 1_000;
const LABELS_FROM = 0.55; // smaller labels cannot be read
const PLAY_SECONDS = 8;
const still = matchMedia("(prefers-reduced-motion: reduce)");

function make(name, attributes, ...children) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function html(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

class Graph {
  constructor(root) {
    this.root = root;
    this.svg = root.querySelector("svg");
    this.side = root.querySelector(".graph-side");
    this.words = this.side.dataset;
    this.time = root.querySelector("[data-time]");
    this.nodes = new Map();
    this.edges = new Map();
    this.off = { tie: new Set(), kind: new Set(), role: new Set() };
    this.until = Infinity;
    this.view = { x: 0, y: 0, scale: 1 };
    this.pointers = new Map();
    this.lines = make("g", {});
    this.marks = make("g", {});
    this.stage = make("g", {}, this.lines, this.marks);
    this.svg.setAttribute("viewBox", `${-WIDTH / 2} ${-HEIGHT / 2} ${WIDTH} ${HEIGHT}`);
    this.svg.append(this.stage);
    this.listen();
  }

  async start() {
    const piece = await this.fetch(this.root.dataset.graph);
    if (!piece) return;
    this.root.hidden = false;
    document.querySelectorAll("[data-graph-plain] svg").forEach((one) => { one.closest("figure").classList.add("graph-replaced"); });
    this.add(piece, null);
    this.fit();
  }

  async fetch(url) {
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      return answer.headers.get("content-type").includes("json") ? answer.json() : answer.text();
    } catch {
      this.side.replaceChildren(html("p", { className: "alert", textContent: this.words.failed }));
      return null;
    }
  }

  add(piece, about) {
    const fresh = [];
    for (const data of piece.nodes) {
      const known = this.nodes.get(data.id);
      if (known) Object.assign(known.data, data);
      else if (this.nodes.size < MOST_NODES) {
        const node = { data, x: 0, y: 0, edges: [], pinned: false, shown: true };
        this.nodes.set(data.id, node);
        fresh.push(node);
      }
    }
    for (const data of piece.edges) if (!this.edges.has(data.id)) this.edges.set(data.id, { data, from: null, to: null });
    for (const edge of this.edges.values()) this.join(edge);
    seed(fresh, about ?? undefined);
    relax([...this.nodes.values()], this.joined(), new Set(fresh));
    for (const node of fresh) this.draw(node);
    this.place();
    this.listFilters();
    this.setTime();
    this.refresh();
    if (about && fresh.some((node) => this.isOutside(node))) this.fit();
    return fresh.length;
  }

  isOutside({ x, y }) {
    const { x: left, y: top, scale } = this.view;
    return Math.abs(x * scale + left) > WIDTH / 2 || Math.abs(y * scale + top) > HEIGHT / 2;
  }

  joined() {
    return [...this.edges.values()].filter((edge) => edge.line);
  }

  join(edge) {
    if (edge.line) return;
    const [from, to] = [this.nodes.get(edge.data.a), this.nodes.get(edge.data.b)];
    if (!from || !to) return;
    edge.from = from;
    edge.to = to;
    edge.tie = edge.data.tie ?? to.data.tie;
    edge.tieTitle = edge.data.tieTitle ?? to.data.edgeTitle;
    edge.title = edge.data.title ?? edge.tieTitle;
    edge.first = edge.data.first ?? from.data.first ?? null;
    from.edges.push(edge);
    to.edges.push(edge);
    edge.line = make("line", { class: `edge${edge.data.tie ? " edge-contact" : ""}` });
    edge.line.edge = edge;
    this.lines.append(edge.line);
  }

  draw(node) {
    const { data } = node;
    const shape = data.kind === "tie" ? make("rect", { x: -9, y: -9, width: 18, height: 18, rx: 3 }) : make("circle", { r: 11 });
    const glyph = make("text", { class: "glyph", y: 4 }, data.kindTitle.slice(0, 1).toUpperCase());
    const label = make("text", { class: "name", y: 25 }, data.label.length > 22 ? `${data.label.slice(0, 21)}…` : data.label);
    const name = [data.label, data.kindTitle, data.roleTitle, data.levelTitle, data.counts].filter(Boolean).join(", ");
    node.mark = make("g", { class: `node role-${data.kind === "tie" ? "tie" : data.role || "none"}${data.level ? ` node-${data.level}` : ""}`, role: "button", tabindex: -1, "aria-label": name }, shape, glyph, label);
    if (data.elsewhere) node.mark.append(make("text", { class: "elsewhere", x: 14, y: -8 }, `+${data.elsewhere}`));
    node.mark.node = node;
    this.marks.append(node.mark);
    if (this.nodes.size && !this.marks.querySelector("[tabindex='0']")) node.mark.setAttribute("tabindex", 0);
  }

  place(nodes = this.nodes.values(), edges = this.joined()) {
    for (const node of nodes) node.mark.setAttribute("transform", `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`);
    for (const { line, from, to } of edges) {
      line.setAttribute("x1", from.x.toFixed(1));
      line.setAttribute("y1", from.y.toFixed(1));
      line.setAttribute("x2", to.x.toFixed(1));
      line.setAttribute("y2", to.y.toFixed(1));
    }
  }

  // What is shown: by filter and by time.
  refresh() {
    let [nodes, edges] = [0, 0];
    for (const node of this.nodes.values()) {
      const { kind, role, tie, first } = node.data;
      const off = kind === "tie" ? this.off.tie.has(tie) : this.off.kind.has(kind) || this.off.role.has(role);
      node.shown = !node.hidden && !off && !(first > this.until);
    }
    for (const node of this.nodes.values()) { // a tie is shown with its subjects
      if (node.data.kind === "tie" && node.edges.length && !node.edges.some((edge) => edge.from.shown)) node.shown = false;
      node.mark.classList.toggle("gone", !node.shown);
      nodes += node.shown;
    }
    for (const edge of this.joined()) {
      edge.shown = edge.from.shown && edge.to.shown && !this.off.tie.has(edge.tie) && !(edge.first > this.until);
      edge.line.classList.toggle("gone", !edge.shown);
      edges += edge.shown;
    }
    const counts = this.root.querySelector("[data-counts]");
    counts.textContent = counts.dataset.words.replace("{nodes}", nodes).replace("{edges}", edges);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.fillTables(), 200);
  }

  // The tables behind the drawing list what it shows.
  fillTables() {
    const [nodes, edges] = document.querySelectorAll(".graph-tables tbody");
    if (!edges) return;
    const link = (href, textContent) => html("a", { href, textContent });
    const row = (...cells) => html("tr", {}, ...cells.map((cell, place) => html(place ? "td" : "th", {}, cell)));
    nodes.replaceChildren(...[...this.nodes.values()].filter((node) => node.shown).map(({ data }) => row(
      data.href ? link(data.href, data.label) : data.label, data.kindTitle, data.roleTitle || "–", data.levelTitle || "–", String(data.findings ?? "–"),
      data.counts ?? link(`?${data.query}`, nodes.closest("details").dataset.on),
    )));
    edges.replaceChildren(...this.joined().filter((edge) => edge.shown).map((edge) => row(
      edge.from.data.label, edge.title, edge.to.data.label, link(this.why(edge), this.words.reason),
    )));
  }

  why(edge) {
    const end = edge.to.data.ties ? `tie=${edge.to.data.ties}` : `other=${edge.to.data.id}`;
    return `${this.root.dataset.why}?subject=${edge.from.data.id}&${end}`;
  }

  listFilters() {
    const box = this.root.querySelector("[data-filters]");
    const groups = { tie: new Map(), kind: new Map(), role: new Map() };
    for (const { data } of this.nodes.values()) {
      if (data.kind === "tie") groups.tie.set(data.tie, data.edgeTitle);
      else {
        groups.kind.set(data.kind, data.kindTitle);
        if (data.role) groups.role.set(data.role, data.roleTitle);
      }
    }
    for (const edge of this.joined()) groups.tie.set(edge.tie, edge.tieTitle);
    box.replaceChildren(...Object.entries(groups).filter(([, all]) => all.size).map(([name, all]) => {
      const choices = [...all].map(([key, title]) => {
        const input = html("input", { type: "checkbox", checked: !this.off[name].has(key) });
        input.addEventListener("change", () => { this.off[name][input.checked ? "delete" : "add"](key); this.refresh(); });
        return html("label", {}, input, ` ${title}`);
      });
      return html("fieldset", {}, html("legend", { textContent: box.dataset[`${name}s`] }), ...choices);
    }));
  }

  setTime() {
    const moments = [...this.nodes.values()].flatMap(({ data }) => data.first ?? []).concat(this.joined().flatMap((edge) => edge.first ?? []));
    this.begins = Math.min(...moments);
    this.ends = Math.max(...moments);
    this.time.hidden = !(this.ends > this.begins);
    this.showTime();
  }

  showTime() {
    const range = this.time.querySelector("input");
    const at = this.begins + ((this.ends - this.begins) * range.value) / range.max;
    this.until = Number(range.value) >= Number(range.max) ? Infinity : at;
    const words = new Intl.DateTimeFormat(document.documentElement.lang.replace(/^en$/, "en-GB"), { dateStyle: "medium", timeStyle: "short" }).format(at || 0);
    this.time.querySelector("output").textContent = words;
    range.setAttribute("aria-valuetext", words);
    this.refresh();
  }

  play(button) {
    const range = this.time.querySelector("input");
    cancelAnimationFrame(this.playing);
    const begin = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", begin);
    if (!begin) return;
    if (Number(range.value) >= Number(range.max)) range.value = 0;
    let last = performance.now();
    let exact = Number(range.value);
    const step = (now) => {
      exact = Math.min(Number(range.max), exact + ((now - last) / (PLAY_SECONDS * 1_000)) * range.max);
      last = now;
      range.value = exact;
      this.showTime();
      if (exact < Number(range.max)) this.playing = requestAnimationFrame(step);
      else button.setAttribute("aria-pressed", "false");
    };
    this.playing = requestAnimationFrame(step);
  }

  // The part that is seen.
  look() {
    const { x, y, scale } = this.view;
    this.stage.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    this.svg.classList.toggle("without-names", scale < LABELS_FROM);
  }

  zoom(factor, at = { x: 0, y: 0 }) {
    const scale = Math.min(6, Math.max(0.08, this.view.scale * factor));
    const by = scale / this.view.scale;
    this.view = { scale, x: at.x - (at.x - this.view.x) * by, y: at.y - (at.y - this.view.y) * by };
    this.look();
  }

  fit() {
    const shown = [...this.nodes.values()].filter((node) => node.shown);
    if (!shown.length) return;
    const [xs, ys] = [shown.map((node) => node.x), shown.map((node) => node.y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.min(1.6, (WIDTH - 120) / (right - left + 1), (HEIGHT - 90) / (bottom - top + 1));
    this.view = { scale, x: (-(left + right) / 2) * scale, y: (-(top + bottom) / 2) * scale };
    this.look();
  }

  tidy() {
    const all = [...this.nodes.values()];
    const before = all.map(({ x, y }) => ({ x, y }));
    const free = new Set(all.filter((node) => !node.pinned));
    seed([...free]);
    relax(all, this.joined(), free, 220);
    const after = all.map(({ x, y }) => ({ x, y }));
    const begun = performance.now();
    const step = (now) => {
      const part = still.matches ? 1 : Math.min(1, (now - begun) / 400);
      all.forEach((node, place) => {
        node.x = before[place].x + (after[place].x - before[place].x) * part;
        node.y = before[place].y + (after[place].y - before[place].y) * part;
      });
      this.place();
      if (part < 1) requestAnimationFrame(step);
      else this.fit();
    };
    requestAnimationFrame(step);
  }

  point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return { x: at.x, y: at.y };
  }

  // A node that is picked, and what can be done with it.
  pick(mark) {
    this.marks.querySelector(".picked")?.classList.remove("picked");
    this.lines.querySelector(".picked")?.classList.remove("picked");
    this.picked = mark?.node ?? null;
    if (!mark) return;
    mark.classList.add("picked");
    this.marks.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
    mark.setAttribute("tabindex", 0);
    this.describe(mark.node);
  }

  describe(node) {
    const { data } = node;
    const press = (word, doing) => {
      const made = html("button", { type: "button", textContent: word });
      made.addEventListener("click", doing);
      return made;
    };
    const facts = [data.kindTitle, data.roleTitle, data.levelTitle, data.findings ? this.words.findings.replace("{}", data.findings) : "", data.counts, node.unknown].filter(Boolean);
    const doings = html("p", { className: "presses" });
    if (data.query && !(node.expanded && !node.next)) doings.append(press(node.next ? this.words.next : this.words.expand, () => this.expand(node)));
    doings.append(press(node.pinned ? this.words.unpin : this.words.pin, () => this.pin(node)));
    doings.append(press(this.words.hide, () => { node.hidden = true; this.refresh(); this.side.replaceChildren(); }));
    if (data.href) doings.append(html("a", { className: "button", href: data.href, textContent: this.words.open }));
    const edges = node.edges.filter((edge) => edge.shown).slice(0, 30).map((edge) => {
      const other = edge.from === node ? edge.to : edge.from;
      const reason = press(this.words.reason, () => this.explain(edge));
      reason.className = "button-link";
      return html("li", {}, `${edge.title}: ${other.data.label} `, reason);
    });
    this.side.replaceChildren(html("h2", { textContent: data.label }), html("p", { textContent: facts.join(" · ") }), doings, html("ul", {}, ...edges));
  }

  pin(node, pinned = !node.pinned) {
    node.pinned = pinned;
    node.mark.classList.toggle("pinned", pinned);
    if (node === this.picked) this.describe(node);
  }

  async expand(node) {
    if (!node.data.query || (node.expanded && !node.next)) return;
    const url = `${this.root.dataset.graph.split("?")[0]}?${node.data.query}${node.next ? `&after=${node.next}` : ""}`;
    const piece = await this.fetch(url);
    if (!piece) return;
    node.expanded = true;
    node.next = piece.next;
    node.unknown = piece.unknown;
    const many = this.add(piece, node);
    this.pick(node.mark);
    if (!many) this.side.append(html("p", { className: "hint", textContent: this.words.all }));
  }

  async explain(edge) {
    this.lines.querySelector(".picked")?.classList.remove("picked");
    edge.line.classList.add("picked");
    const text = await this.fetch(this.why(edge));
    if (text) this.side.innerHTML = text;
  }

  listen() {
    const { svg } = this;
    svg.addEventListener("pointerdown", (event) => this.press(event));
    svg.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => this.release(event));
    svg.addEventListener("dblclick", (event) => {
      const mark = event.target.closest(".node");
      if (mark) this.expand(mark.node);
      else this.zoom(1.6, this.point(event));
    });
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !svg.contains(document.activeElement)) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.point(event));
    }, { passive: false });
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("focusin", (event) => { if (event.target.node && event.target.node !== this.picked) this.pick(event.target); });
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (!button) return;
      const shown = [...this.nodes.values()].filter((node) => node.shown);
      const edges = this.joined().filter((edge) => edge.shown);
      const doing = {
        in: () => this.zoom(1.5),
        out: () => this.zoom(1 / 1.5),
        fit: () => this.fit(),
        tidy: () => this.tidy(),
        play: () => this.play(button),
        png: () => savePng(shown, edges, this.root.dataset.name),
        svg: () => saveSvg(shown, edges, this.root.dataset.name),
      }[button.dataset.do];
      doing();
    });
    this.time.querySelector("input").addEventListener("input", () => this.showTime());
  }

  press(event) {
    if (event.button) return;
    this.svg.setPointerCapture(event.pointerId);
    const at = this.point(event);
    this.pointers.set(event.pointerId, at);
    this.held = { at, view: { ...this.view }, node: event.target.closest?.(".node")?.node ?? null, edge: event.target.edge ?? null, moved: false };
    if (this.held.node) this.held.node.mark.focus({ preventScroll: true });
    if (this.pointers.size === 2) {
      const [one, two] = this.pointers.values();
      this.held = { far: Math.hypot(one.x - two.x, one.y - two.y), pinch: true, moved: true };
    }
  }

  drag(event) {
    if (!this.held || !this.pointers.has(event.pointerId)) return;
    const at = this.point(event);
    this.pointers.set(event.pointerId, at);
    if (this.held.pinch) {
      const [one, two] = this.pointers.values();
      const far = Math.hypot(one.x - two.x, one.y - two.y);
      this.zoom(far / this.held.far, { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 });
      this.held.far = far;
      return;
    }
    const [x, y] = [at.x - this.held.at.x, at.y - this.held.at.y];
    if (!this.held.moved && Math.hypot(x, y) < 4) return;
    this.held.moved = true;
    const { node, view } = this.held;
    if (node) {
      this.held.start ??= { x: node.x, y: node.y };
      node.x = this.held.start.x + x / view.scale;
      node.y = this.held.start.y + y / view.scale;
      this.place([node], node.edges);
    } else {
      this.view = { ...view, x: view.x + x, y: view.y + y };
      this.look();
    }
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    const held = this.held;
    if (this.pointers.size || !held) return;
    this.held = null;
    if (held.moved && held.node) this.pin(held.node, true);
    else if (!held.moved && held.node) this.pick(held.node.mark);
    else if (!held.moved && held.edge) this.explain(held.edge);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    const doing = {
      "+": () => this.zoom(1.5), "=": () => this.zoom(1.5), "-": () => this.zoom(1 / 1.5), 0: () => this.fit(),
      Enter: () => this.picked && this.expand(this.picked), " ": () => this.picked && this.describe(this.picked),
      p: () => this.picked && this.pin(this.picked),
    }[event.key];
    if (way) this.step(way);
    else if (doing) doing();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Go to the nearest shown node in a direction.
  step([dx, dy]) {
    const from = this.picked ?? { x: 0, y: 0 };
    let best = null;
    let least = Infinity;
    for (const node of this.nodes.values()) {
      if (!node.shown || node === from) continue;
      const [x, y] = [node.x - from.x, node.y - from.y];
      const ahead = x * dx + y * dy;
      const cost = Math.hypot(x, y) + 2 * Math.abs(x * dy - y * dx);
      if (ahead > 0 && cost < least) [best, least] = [node, cost];
    }
    best?.mark.focus({ preventScroll: true });
  }
}

for (const root of document.querySelectorAll("[data-graph]")) {
  const graph = new Graph(root);
  root.graph = graph;
  const place = root.parentElement; // the root itself is hidden as long as it is empty
  new IntersectionObserver((seen, observer) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    observer.disconnect();
    graph.start();
  }, { rootMargin: "400px" }).observe(place);
}
