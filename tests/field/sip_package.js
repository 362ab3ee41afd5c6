// A proxy on the npm package `sip`: sends each call on as the package has read it. Arguments: port, port of the next hop.
const sip = require("sip");
const proxy = require("sip/proxy");

const [port, nextHop] = process.argv.slice(2).map(Number);
process.on("uncaughtException", console.error); // what the package cannot write it does not send, and goes on
// With another public address, because the package sends nothing to its own.
const options = { address: "127.0.0.1", publicAddress: "localhost", port, tcp: false, logger: { error: console.error } };
proxy.start(options, (request) => {
  const target = sip.parseUri(request.uri);
  if (!target) {
    proxy.send(sip.makeResponse(request, 400, "Bad Request"));
    return;
  }
  request.uri = { schema: "sip", user: target.user, host: "127.0.0.1", port: nextHop, params: {} };
  delete request.headers.route;
  proxy.send(request);
});
