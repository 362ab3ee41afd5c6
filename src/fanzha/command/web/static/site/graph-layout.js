// Places of the nodes of a graph: only those that are free move, so that what is drawn stays where it is.
const REACH = 260; // beyond it nodes do not push each other
const LENGTH = 74; // of an edge
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

// Put new nodes in a spiral about the node they came from, or about the middle; the same graph gets the same places.
export function seed(nodes, about = { x: 0, y: 0 }) {
  nodes.forEach((node, index) => {
    const far = 26 * Math.sqrt(index + 2);
    node.x = about.x + far * Math.cos(index * GOLDEN);
    node.y = about.y + far * Math.sin(index * GOLDEN);
  });
}

// Let free nodes push each other away and edges pull, `steps` times, each time less.
export function relax(all, edges, free, steps = 140) {
  const moving = all.filter((node) => free.has(node));
  const times = Math.max(30, Math.min(steps, Math.round(36_000 / Math.max(1, moving.length))));
  for (let step = 0; step < times; step++) {
    const heat = 1 - step / times;
    for (const node of moving) node.fx = node.fy = 0;
    push(all, free);
    for (const { from, to } of edges) {
      const [x, y] = [to.x - from.x, to.y - from.y];
      const far = Math.hypot(x, y) || 1;
      const pull = ((far - LENGTH) / far) * 0.09;
      if (free.has(from)) { from.fx += x * pull; from.fy += y * pull; }
      if (free.has(to)) { to.fx -= x * pull; to.fy -= y * pull; }
    }
    for (const node of moving) {
      node.fx -= node.x * 0.004;
      node.fy -= node.y * 0.004;
      const size = Math.hypot(node.fx, node.fy) || 1;
      const most = Math.min(size, 24 * heat + 1) / size;
      node.x += node.fx * most;
      node.y += node.fy * most;
    }
  }
}

// Nodes push those in their own cell of a grid and in the eight around it.
function push(all, free) {
  const cells = new Map();
  const cell = (value) => Math.floor(value / REACH);
  for (const node of all) {
    const key = `${cell(node.x)} ${cell(node.y)}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(node);
  }
  for (const node of free) {
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const other of cells.get(`${cell(node.x) + dx} ${cell(node.y) + dy}`) ?? []) {
          if (other === node) continue;
          const [x, y] = [node.x - other.x || 0.5, node.y - other.y || 0.5];
          const square = x * x + y * y;
          if (square > REACH * REACH) continue;
          const force = 1_300 / Math.max(square, 60);
          node.fx += x * force * 0.35;
          node.fy += y * force * 0.35;
        }
      }
    }
  }
}
