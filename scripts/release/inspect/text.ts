import { formatBytes } from '../../core/format-bytes.ts';
import type { InspectedImage } from './describe.ts';

const BAR = 40;
const NAME_WIDTH = 13;

/** For a terminal: what the image is, and a bar for each of its parts. */
export function inspectedText(image: InspectedImage): readonly string[] {
  const { release, services, packages, configuration, kernelArguments } = image;
  return [
    `${image.node}  ${release?.role ?? 'role not told'}${release === undefined ? '' : ` of ${release.cluster}`}`,
    ...(release === undefined
      ? []
      : [`  release   ${release.version ?? 'none'}, packages ${release.lock}`]),
    ...(release?.vrrp ?? []).map(
      ({ group, role, priority, interface: carrier, vips }) =>
        `  VIP       ${vips.join(', ')} on ${carrier}, ${role} of ${group}, priority ${priority}`,
    ),
    `  volume    ${image.volumeId}, ${formatBytes(image.size)}`,
    '',
    'Kernel arguments',
    ...kernelArguments.map((word) => `  ${word}`),
    '',
    'Services',
    ...Object.entries(services).map(([level, names]) => `  ${level.padEnd(9)} ${names.join(' ')}`),
    '',
    `Packages (${Object.keys(packages).length})`,
    ...Object.entries(packages).map(([name, version]) => `  ${name} ${version}`),
    '',
    `Configuration (${configuration.length} files)`,
    ...configuration.map(
      ({ mode, size, path }) => `  ${mode} ${String(size).padStart(7)}  ${path}`,
    ),
    '',
    'Size',
    ...sizeBars(image),
  ];
}

/** One line for each part: its name, a bar, bytes and share. */
function sizeBars({ parts, size }: InspectedImage): readonly string[] {
  const largest = Math.max(1, ...parts.map((it) => it.size));
  return parts.map(({ part, size: bytes }) => {
    const length = Math.round((bytes / largest) * BAR);
    const bar = '█'.repeat(length) + (bytes > 0 && length === 0 ? '▏' : '');
    const share = `${((bytes / size) * 100).toFixed(1)} %`;
    return `  ${part.padEnd(NAME_WIDTH)}${bar.padEnd(BAR)}  ${formatBytes(bytes).padStart(9)} ${share.padStart(7)}`;
  });
}
