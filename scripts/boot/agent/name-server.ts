import dgram from 'node:dgram';
import { once } from 'node:events';
import type { NameServerMode } from '../lan/protocol.ts';
import { answerPacket } from './dns-message.ts';
import type { DnsRecords } from './dns-message.ts';

type Places = readonly { readonly address: string; readonly port: number }[];

/** The name server of the LAN, at one or more addresses. Its mode can change while it runs. */
export class NameServer {
  readonly #places: Places;
  readonly #records: DnsRecords;
  #sockets: readonly dgram.Socket[] = [];
  #mode: NameServerMode = 'stopped';

  constructor(places: Places, records: DnsRecords) {
    this.#places = places;
    this.#records = records;
  }

  async setMode(mode: NameServerMode): Promise<void> {
    this.#mode = mode;
    if (mode === 'stopped') await this.#close();
    else if (this.#sockets.length === 0) await this.#open();
  }

  async #open(): Promise<void> {
    const sockets = this.#places.map(({ address, port }) => {
      const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
      socket.on('message', (packet, { address: asker, port: askersPort }) => {
        if (this.#mode === 'silent') return;
        const answer = answerPacket(packet, this.#records);
        // Whoever asked may be gone by now.
        if (answer !== undefined) socket.send(answer, askersPort, asker, () => undefined);
      });
      socket.bind(port, address);
      return socket;
    });
    this.#sockets = sockets;
    await Promise.all(sockets.map((socket) => once(socket, 'listening')));
  }

  /** From now on the kernel says that nobody listens. */
  async #close(): Promise<void> {
    const sockets = this.#sockets;
    this.#sockets = [];
    await Promise.all(
      sockets.map(async (socket) => {
        socket.close();
        await once(socket, 'close');
      }),
    );
  }
}
