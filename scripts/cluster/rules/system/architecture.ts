import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { Rule } from '../rule.ts';

/** Folders of Alpine's mirrors. */
const OF_ALPINE = [
  ...['aarch64', 'armhf', 'armv7', 'loongarch64', 'ppc64le', 'riscv64', 's390x', 'x86', 'x86_64'],
];
/** What others call them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...{ amd64: 'x86_64', x64: 'x86_64', x86_64_v1: 'x86_64', i386: 'x86', i486: 'x86', i686: 'x86' },
  ...{ arm64: 'aarch64', armv6: 'armhf', armv7l: 'armv7', arm: 'armhf', ppc64el: 'ppc64le' },
};

export const architecture: Rule = ({ file, cluster }): readonly LintFinding[] => {
  const { arch } = cluster.alpine;
  const path = ['alpine', 'arch'];
  if (file.alpine?.arch === undefined || arch === 'x86_64') return [];
  if (!OF_ALPINE.includes(arch)) {
    const own = Object.hasOwn(OTHER_NAMES, arch) ? OTHER_NAMES[arch] : undefined;
    const hint =
      own === undefined ? `Alpine has ${OF_ALPINE.join(', ')}.` : `Alpine calls it ${own}.`;
    return [lintError('arch', path, `Alpine has no architecture ${arch}`, hint)];
  }
  const message = `images are made for x86_64 alone: boot loaders and kernel of ${arch} are others`;
  return [lintError('arch', path, message, 'Leave arch out.')];
};
