// A graph as a picture file: what is shown, with masked values only; people to be warned have no label.
const SIZE = 1_600;
const MARGIN = 60;

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const COLOURS = { suspect: "--harm", victim: "--calm", conduit: "--warn", lure: "--accent", tie: "--ink-faint", "": "--ink-soft" };

function box(nodes) {
  const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
  const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN];
  return { left, top, width: Math.max(...xs) + MARGIN - left, height: Math.max(...ys) + MARGIN - top };
}

const colour = (node) => style(COLOURS[node.data.kind === "tie" ? "tie" : node.data.role] ?? "--ink-soft");
const label = (node) => (node.data.role === "victim" ? "" : node.data.label);

function save(blob, name, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function savePng(nodes, edges, name) {
  const { left, top, width, height } = box(nodes);
  const scale = Math.min(4, SIZE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.translate(-left, -top);
  pen.fillStyle = style("--surface");
  pen.fillRect(left, top, width, height);
  pen.strokeStyle = style("--line-strong");
  for (const { from, to } of edges) {
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
  }
  pen.textAlign = "center";
  pen.font = `10px ${style("--sans")}`;
  for (const node of nodes) {
    pen.beginPath();
    if (node.data.kind === "tie") pen.rect(node.x - 8, node.y - 8, 16, 16);
    else pen.arc(node.x, node.y, 10, 0, 2 * Math.PI);
    pen.fillStyle = style("--surface");
    pen.fill();
    pen.strokeStyle = colour(node);
    pen.lineWidth = 2;
    pen.stroke();
    pen.fillStyle = style("--ink");
    pen.fillText(label(node), node.x, node.y + 24);
  }
  canvas.toBlob((blob) => save(blob, name, "png"));
}

export function saveSvg(nodes, edges, name) {
  const { left, top, width, height } = box(nodes);
  const text = (value) => value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const lines = edges.map(({ from, to }) => `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="${style("--line-strong")}"/>`);
  const marks = nodes.map((node) => {
    const shape = node.data.kind === "tie" ? `<rect x="${node.x - 8}" y="${node.y - 8}" width="16" height="16"` : `<circle cx="${node.x}" cy="${node.y}" r="10"`;
    return `${shape} fill="${style("--surface")}" stroke="${colour(node)}" stroke-width="2"/><text x="${node.x}" y="${node.y + 24}" text-anchor="middle">${text(label(node))}</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" font-family="sans-serif" font-size="10" fill="${style("--ink")}"><title>${text(name)}</title><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${style("--surface")}"/>${lines.join("")}${marks.join("")}</svg>`;
  save(new Blob([svg], { type: "image/svg+xml" }), name, "svg");
}
