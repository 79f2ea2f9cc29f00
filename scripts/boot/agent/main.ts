/**
 * Entry of the agent: the first process of the LAN's namespaces. Reads calls from standard input and writes answers
 * to standard output (`lan/protocol.ts`). It ends when its input does, however the tool went away, and as the first
 * process of a pid namespace it takes every machine with it.
 */
import { createInterface } from 'node:readline';
import { CallMessage } from '../lan/protocol.ts';
import type { AgentMessage } from '../lan/protocol.ts';
import { answerCalls } from './calls.ts';

function say(message: AgentMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function end(): void {
  // eslint-disable-next-line no-restricted-properties -- This is an entry, and open servers would keep it alive.
  process.exit(0);
}

const answer = answerCalls((packetEvent) => say({ type: 'packet', packetEvent }));

async function serve(line: string): Promise<void> {
  const message = CallMessage.parse(JSON.parse(line));
  try {
    say({ type: 'answer', id: message.id, answer: await answer(message) });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    say({ type: 'failure', id: message.id, message: text });
  }
}

process.on('SIGTERM', end);
process.stdout.on('error', end);
createInterface({ input: process.stdin })
  .on('line', (line) => void serve(line))
  .on('close', end);
say({ type: 'ready' });
