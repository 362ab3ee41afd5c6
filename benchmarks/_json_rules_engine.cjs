// The rule of benchmarks.rules in json-rules-engine, windows by hand; answered calls come as lines of moment, caller,
// callee, talk in ms, and what fires goes out as lines of moment, caller.
const { Engine } = require("json-rules-engine");
const HOUR = 3_600_000;

const engine = new Engine([
  {
    conditions: {
      all: [
        { fact: "calls", operator: "greaterThanInclusive", value: 30 },
        { fact: "callees", operator: "greaterThanInclusive", value: 25 },
        { fact: "talk", operator: "lessThan", value: 20_000 },
      ],
    },
    event: { type: "burst" },
  },
]);

const hours = new Map();

function counted(moment, caller, callee, talk) {
  let hour = hours.get(caller);
  if (!hour) hours.set(caller, (hour = { calls: [], first: 0, callees: new Map(), talk: 0 }));
  hour.calls.push([moment, callee, talk]);
  hour.callees.set(callee, (hour.callees.get(callee) ?? 0) + 1);
  hour.talk += talk;
  while (hour.calls[hour.first][0] <= moment - HOUR) {
    const [, old, spoken] = hour.calls[hour.first++];
    hour.talk -= spoken;
    const left = hour.callees.get(old) - 1;
    if (left) hour.callees.set(old, left);
    else hour.callees.delete(old);
  }
  if (hour.first > 64) {
    hour.calls.splice(0, hour.first);
    hour.first = 0;
  }
  const calls = hour.calls.length - hour.first;
  return { calls, callees: hour.callees.size, talk: hour.talk / calls };
}

async function main() {
  const fired = [];
  for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
    if (!line) continue;
    const [moment, caller, callee, talk] = line.split(",").map(Number);
    const { events } = await engine.run(counted(moment, caller, callee, talk));
    if (events.length) fired.push(`${moment},${caller}`);
  }
  process.stdout.write(fired.join("\n"));
}

main();
