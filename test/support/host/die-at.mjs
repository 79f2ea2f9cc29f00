// Loaded by --import before the tool: ends the process (SIGKILL) right after its DIE_AT-th change of the file system.
// With DIE_AT=0 nothing happens but a count, written to the file DIE_COUNT at the end.
import { appendFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const CHANGES = (process.env.DIE_CHANGES ?? 'rename,writeFile,mkdir,rm,link,chmod,utimes').split(
  ',',
);
const dieAt = Number(process.env.DIE_AT ?? 0);
let count = 0;

for (const name of CHANGES) {
  const original = fs[name];
  fs[name] = async (...args) => {
    try {
      return await original(...args);
    } finally {
      count += 1;
      if (count === dieAt) process.kill(process.pid, 'SIGKILL');
    }
  };
}
syncBuiltinESMExports();
process.on('exit', () => {
  if (process.env.DIE_COUNT !== undefined) appendFileSync(process.env.DIE_COUNT, `${count}\n`);
});
