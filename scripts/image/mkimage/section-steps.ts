import type { Report } from '../../core/events.ts';

const TITLES: readonly (readonly [RegExp, string])[] = [
  [/^--> kernel /, 'Packing kernel, initramfs and modules'],
  [/^--> apks /, 'Indexing the packages'],
  [/^--> syslinux /, 'Unpacking SYSLINUX'],
  [/^--> grub_efi /, 'Making the EFI boot loader'],
];

/** What mkimage says of itself: `>>> mkimage-x86_64: --> kernel x86_64 virt`, maybe coloured. */
const MESSAGE = /^>>> mkimage[^:]*: (.*)$/;

/** Turns mkimage's messages into steps: a section lasts until the next message. */
export class SectionSteps {
  private readonly report: Report;
  private count = 0;
  private running: string | undefined;

  constructor(report: Report) {
    this.report = report;
  }

  line(text: string): void {
    // eslint-disable-next-line no-control-regex -- a colour begins with an escape character
    const message = MESSAGE.exec(text.replace(/\u001b\[[0-9;]*m/g, ''))?.[1];
    const title = message === undefined ? undefined : titleOf(message);
    if (message === undefined) return;
    this.end('done');
    if (title === undefined) return;
    this.count += 1;
    this.running = `mkimage-${this.count}`;
    this.report({ type: 'step-start', id: this.running, title });
  }

  end(outcome: 'done' | 'failed'): void {
    if (this.running !== undefined) this.report({ type: 'step-end', id: this.running, outcome });
    this.running = undefined;
  }
}

/** Undefined for what takes no time worth a line: configuration files and overlays. */
function titleOf(message: string): string | undefined {
  const image = /^Creating (.+)$/.exec(message)?.[1];
  if (image !== undefined) return `Writing ${image}`;
  return TITLES.find(([pattern]) => pattern.test(message))?.[1];
}
