// A name server (RFC 1035): answers every question for an A record with the address that it is given.
import { Buffer } from 'node:buffer';
import dgram from 'node:dgram';

const [listen, address] = process.argv.slice(2);
const TYPE_A = 1;
const socket = dgram.createSocket('udp4');
socket.on('message', (query, { port, address: from }) => {
  let end = 12;
  while (query[end] !== 0) end += query[end] + 1;
  const question = query.subarray(12, end + 5);
  const isA = query.readUInt16BE(end + 1) === TYPE_A;
  const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from([
    0xc0,
    12,
    0,
    TYPE_A,
    0,
    1,
    0,
    0,
    0,
    1,
    0,
    4,
    ...address.split('.').map(Number),
  ]);
  socket.send(Buffer.concat([header, question, ...(isA ? [record] : [])]), port, from);
});
socket.bind(53, listen);
