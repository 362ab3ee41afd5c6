"""How smooth the graph of the console is with 500 nodes in a real browser: milliseconds from frame to frame.

Usage: python -m benchmarks.graph            (needs /usr/bin/chromium)

A console with a made-up world is started, and its graph is given 460 subjects and 40 ties with 614 edges. Told are the
median and the 95th percentile of 90 frames while it is moved, zoomed, played through time and while a node is dragged,
and how long laying it out takes.
"""

import json
import os
import tempfile
from pathlib import Path

_MEASURE = """async () => {
  const graph = document.querySelector("[data-graph]").graph;
  const subject = (n) => ({ id: `s${n}`, label: `177••••${n}`, kind: "phone_number", kindTitle: "phone",
    role: ["suspect", "victim", "conduit"][n % 3], roleTitle: "role", level: "", levelTitle: "", findings: 1,
    first: 1.77e12 + n * 6e4, last: 1.77e12 + n * 6e4, href: "/", query: "" });
  const tie = (n) => ({ id: `t${n}`, label: `trunk ${n}`, kind: "tie", tie: "trunk", kindTitle: "trunk",
    edgeTitle: "by", subjects: 12, hub: false, counts: "12", elsewhere: 0, query: "", ties: "1" });
  const nodes = [...Array(460).keys()].map(subject).concat([...Array(40).keys()].map(tie));
  const edges = [...Array(460).keys()].map((n) => ({ id: `e${n}`, a: `s${n}`, b: `t${n % 40}` }));
  for (let n = 0; n < 460; n += 3) edges.push({ id: `f${n}`, a: `s${n}`, b: `t${(n * 7) % 40}` });
  graph.nodes.forEach((node) => node.mark.remove());
  graph.edges.forEach((edge) => edge.line?.remove());
  graph.nodes.clear();
  graph.edges.clear();
  const begun = performance.now();
  graph.add({ nodes, edges }, null);
  const laid = performance.now() - begun;
  graph.fit();
  const frame = () => new Promise(requestAnimationFrame);
  const frames = async (doing) => {
    const took = [];
    let last = await frame();
    for (let n = 0; n < 90; n++) {
      doing(n);
      const now = await frame();
      took.push(now - last);
      last = now;
    }
    took.sort((one, two) => one - two);
    return [took[45], took[85]];
  };
  const dragged = graph.nodes.get("t3");
  return {
    nodes: graph.nodes.size, edges: graph.joined().length, "layout ms": laid,
    move: await frames((n) => { graph.view.x += Math.sin(n / 5) * 8; graph.look(); }),
    zoom: await frames((n) => graph.zoom(n % 2 ? 1.1 : 1 / 1.1)),
    drag: await frames(() => { dragged.x += 3; graph.place([dragged], dragged.edges); }),
    play: await frames((n) => { graph.time.querySelector("input").value = n * 11; graph.showTime(); }),
  };
}"""


def main() -> None:
    """Start the console, draw, print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "fanzha.command.web.settings", "FANZHA_HOME": folder}
        import django

        django.setup()
        from tests.field.console import Console, Visit, chromium
        from tests.field.graph_world import TRUNK

        from fanzha.command.web.roles import Role

        home = Path(folder, "site")
        made = Console(home, world="tests.field.graph_world")
        with made as console, chromium() as browser, Visit(browser, console) as visit:
            visit.sign_in("carrier", Role.ANALYST).go("/graph/")
            visit.page.click(f".rows a:has-text('{TRUNK}')")
            visit.page.wait_for_selector(".graph:not([hidden]) .node")
            print(json.dumps(visit.page.evaluate(_MEASURE)))


if __name__ == "__main__":
    main()
