import { sha256 } from '../../core/digest.ts';
import type { Host } from '../../host/host.ts';
import { overlayArchive } from '../audit/overlay-archive.ts';
import { overlayFile, overlayInitramfsFile } from '../layout.ts';
import type { ReleaseId } from '../release-id.ts';
import { renderTemplate } from './templates.ts';

/** File name of a node's overlay hook, in the form that mkimage's users expect. */
export function hookFile(hostname: string): string {
  return `genapkovl-${hostname}.sh`;
}

/** The hook that hands mkimage a node's overlay as it was rendered: `genapkovl-<hostname>.sh`. */
export async function renderHook(
  host: Pick<Host, 'packageRoot'>,
  hook: {
    readonly hostname: string;
    readonly overlay: Buffer;
    readonly release: ReleaseId;
    readonly epoch: number;
  },
): Promise<string> {
  const { hostname, overlay, epoch } = hook;
  const { markerFolder } = hook.release;
  const archive = overlayArchive(hostname, overlay, epoch);
  const at = archive.indexOf(overlay);
  return await renderTemplate(host, 'genapkovl.sh', {
    hostname,
    digest: sha256(overlay),
    overlayFile: overlayFile(hostname),
    overlay: base64Lines(overlay),
    markerFolder,
    archiveFile: overlayInitramfsFile(markerFolder),
    archiveHead: base64Lines(archive.subarray(0, at)),
    archiveTail: base64Lines(archive.subarray(at + overlay.length)),
  });
}

function base64Lines(bytes: Buffer): string {
  return (bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\n');
}
