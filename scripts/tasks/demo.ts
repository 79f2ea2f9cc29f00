/**
 * `npm run demo`: the whole product once, for real. Makes the lab repository, writes a cluster file, builds both ISOs
 * with the tool's own command line, boots them on an isolated LAN, and pulls the plug of the MASTER. It ends with exit
 * code 0 only if everything was as promised.
 */
import { loadCluster } from '../inputs/load-cluster.ts';
import { bootAndBreak } from './demo/failover.ts';
import { buildImages, writeClusterFile } from './demo/images.ts';
import { withDemoSetup } from './demo/set-up.ts';
import { summarise } from './demo/summary.ts';

await withDemoSetup(async ({ host, folder, clusterFile, labFolder, pauseReporter }) => {
  await writeClusterFile(host, clusterFile, labFolder);
  pauseReporter();
  await buildImages(host, clusterFile, folder);
  const { cluster } = await loadCluster(host, clusterFile);
  const failover = await bootAndBreak(host, cluster, folder);
  pauseReporter();
  process.stdout.write(summarise({ cluster, failover, folder, cwd: host.cwd }));
});
