/**
 * API servers and their clients at one place: asks a VIP every 20 ms on a connection of its own, keeps watches open and
 * opens each again when it ends, and tells at the end (SIGTERM) what it saw.
 *
 *     node vip-client.mjs <VIP> <port> <client's address> <API server's address>...
 */
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';

const [vip, port, source, ...servers] = process.argv.slice(2);
const WATCHES = 3;
const EVERY_MS = 20;
const PATIENCE_MS = 900;
const STALL_MS = 250;
let stalledAt = 0;

for (const server of servers) {
  const listener = http.createServer((request, response) => {
    if (request.url !== '/watch') return void response.end(server);
    response.write('begin\n');
    const beat = setInterval(() => response.write('event\n'), 50);
    response.on('close', () => clearInterval(beat));
  });
  listener.listen(Number(port), server);
}

const seen = { asked: 0, failed: 0, reasons: {}, longestMs: 0, cuts: Array(WATCHES).fill(0) };
const where = { host: vip, port: Number(port), localAddress: source, agent: false };
/** Of the last answer. */
let last;
/** Nothing that was asked before is counted: a SIGUSR1 says when the pair is well. */
let since = Infinity;
process.on('SIGUSR1', () => (since = Date.now()));

function ask() {
  const at = Date.now();
  if (at >= since) seen.asked += 1;
  let done = false;
  const settle = (reason) => {
    if (done) return;
    done = true;
    clearTimeout(patience);
    if (reason === undefined) {
      const now = performance.now();
      if (at < since) return;
      seen.longestMs = Math.max(seen.longestMs, now - (last ?? now));
      last = now;
    } else if (at >= since && stalledAt < at) {
      seen.failed += 1;
      seen.reasons[reason] = (seen.reasons[reason] ?? 0) + 1;
    }
  };
  const request = http.get({ ...where, path: '/readyz' }, (response) => {
    response
      .resume()
      .on('end', () => settle())
      .on('error', (error) => settle(error.code));
  });
  request.on('error', (error) => settle(error.code));
  const patience = setTimeout(() => {
    settle('late');
    request.destroy();
  }, PATIENCE_MS);
}

function watch(index) {
  let over = false;
  let begun = false;
  const again = (why) => {
    if (over) return;
    over = true;
    clearTimeout(silence);
    if (begun && since < Infinity) {
      seen.cuts[index] += 1;
      seen.reasons[`watch ${why}`] = (seen.reasons[`watch ${why}`] ?? 0) + 1;
    }
    request.destroy();
    setTimeout(() => watch(index), 50);
  };
  const request = http.get({ ...where, path: '/watch' }, (response) => {
    begun = true;
    response.on('data', () => silence.refresh()).on('end', () => again('ended'));
    response.on('error', (error) => again(error.code));
  });
  request.on('error', (error) => again(error.code));
  const silence = setTimeout(() => again('silent'), 3000);
}

for (let index = 0; index < WATCHES; index++) watch(index);
/** A machine that gives us no processor makes us late, not the VIP: what was asked shortly before does not count. */
let turn = performance.now();
const asking = setInterval(() => {
  if (performance.now() - turn > STALL_MS) stalledAt = Date.now();
  turn = performance.now();
  ask();
}, EVERY_MS);
process.on('SIGTERM', () => {
  clearInterval(asking);
  setTimeout(() => {
    process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit());
  }, PATIENCE_MS + 100);
});
