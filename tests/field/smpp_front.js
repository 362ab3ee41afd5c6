// An SMSC in front of Kannel, made of the package `smpp` (npm): what is submitted goes to Kannel's sendsms, and Kannel's delivery
// reports come back as deliver_sm. Usage: node smpp_front.js PORT REPORT_PORT SENDSMS_URL PASSWORD [THROTTLED]
// The first THROTTLED submissions are answered with ESME_RTHROTTLED. Each line of stdout is one submission.
const http = require('http');
const smpp = require('smpp');

const [port, reportPort, sendsms, secret, throttled] = process.argv.slice(2);
let refusals = Number(throttled || 0);
let last = 0;
const senders = new Map();

smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('close', () => session.destroy());
  const bind = (pdu) => session.send(pdu.response({
    command_status: pdu.password === secret.slice(0, 8) ? smpp.ESME_ROK : smpp.ESME_RINVPASWD,
  }));
  for (const command of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) session.on(command, bind);
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('submit_sm', (pdu) => {
    if (refusals > 0) {
      refusals -= 1;
      session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      return;
    }
    last += 1;
    const id = `front-${last}`;
    senders.set(id, { session, pdu });
    session.send(pdu.response({ message_id: id }));
    forward(id, pdu);
  });
}).listen(Number(port), '127.0.0.1');

function forward(id, pdu) {
  const { message, udh } = pdu.short_message;
  const text = typeof message === 'string' ? message : (pdu.message_payload || {}).message || '';
  console.log(JSON.stringify({ id, to: pdu.destination_addr, coding: pdu.data_coding, text, udh: udh ? udh.length : 0 }));
  const headers = {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-Kannel-Username': 'fanzha',
    'X-Kannel-Password': secret,
    'X-Kannel-From': pdu.source_addr,
    'X-Kannel-To': `+${pdu.destination_addr}`,
    'X-Kannel-Coding': '2',
    'X-Kannel-DLR-Mask': '31',
    'X-Kannel-DLR-Url': `http://127.0.0.1:${reportPort}/?id=${id}&type=%d`,
  };
  if (udh && udh.length) {
    const bytes = Buffer.concat([Buffer.from([5]), Buffer.isBuffer(udh) ? udh : Buffer.concat(udh)]);
    const whole = bytes.length === 6 ? bytes : bytes.subarray(1);
    headers['X-Kannel-UDH'] = [...whole].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  }
  if ((pdu.data_coding & 0x10) === 0x10) headers['X-Kannel-MClass'] = '0';
  const request = http.request(sendsms, { method: 'POST', headers }, (response) => {
    response.resume();
    if (response.statusCode >= 300) report(id, 'REJECTD');
  });
  request.on('error', () => report(id, 'UNDELIV'));
  request.end(text);
}

function report(id, state) {
  const { session, pdu } = senders.get(id);
  session.deliver_sm({
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:${state === 'DELIVRD' ? '001' : '000'} submit date:2603010000 done date:2603010000 `
      + `stat:${state} err:000 text:`,
  });
}

http.createServer((request, response) => {
  const asked = new URL(request.url, 'http://127.0.0.1').searchParams;
  const state = { 1: 'DELIVRD', 2: 'UNDELIV', 16: 'REJECTD' }[asked.get('type')];
  if (state && senders.has(asked.get('id'))) report(asked.get('id'), state);
  response.end();
}).listen(Number(reportPort), '127.0.0.1');
