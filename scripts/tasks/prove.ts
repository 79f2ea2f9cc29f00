/**
 * `npm run prove`: makes the demo's pair if it is not there, brings it up to date, and breaks it by the quick set of
 * faults. Arguments go to `vipiso prove`: `npm run prove -- --set full`. Exit code 0 only if every verdict is a pass.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { buildImages, runVipiso, writeClusterFile } from './demo/images.ts';
import { withDemoSetup } from './demo/set-up.ts';

await withDemoSetup(async ({ host, folder, clusterFile, labFolder, pauseReporter }) => {
  // The lab may have newer packages since the lock was made.
  await rm(path.join(folder, 'vipiso.lock.json'), { force: true });
  if (!existsSync(clusterFile)) await writeClusterFile(host, clusterFile, labFolder);
  pauseReporter();
  await buildImages(host, clusterFile, folder);
  process.exitCode = await runVipiso(host, ['prove', folder, ...process.argv.slice(2)]);
});
