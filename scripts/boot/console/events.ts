/** The stations of a boot, in their order. */
export type BootStage = 'loader' | 'kernel' | 'initramfs' | 'packages' | 'openrc' | 'login';

/** What can go wrong on the way, as the console shows it. */
export type BootProblemCode =
  | 'loader-failed'
  | 'kernel-panic'
  | 'out-of-memory'
  | 'initramfs-step-failed'
  | 'recovery-shell'
  | 'init-missing'
  | 'packages-incomplete'
  | 'service-failed'
  | 'service-step-failed';

export type ConsoleEvent =
  | { readonly kind: 'stage'; readonly stage: BootStage }
  /** A line ` * doing something ...`, whose result follows on it or on the next. */
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'step-ended'; readonly ok: boolean }
  | { readonly kind: 'problem'; readonly code: BootProblemCode };

const LOGIN_PROMPT = /^\S+ login:$/;

const STAGES: readonly (readonly [BootStage, RegExp])[] = [
  ['loader', /^(?:ISO|SYS|EXT)LINUX \d|GNU GRUB|Welcome to GRUB|^Booting `/],
  ['kernel', /Linux version \d|^Loading .*vmlinuz/],
  ['initramfs', /Alpine Init \d|^ \* Loading boot drivers/],
  ['packages', /^ \* Installing packages to root filesystem/],
  ['openrc', /OpenRC .*is starting up/],
  ['login', LOGIN_PROMPT],
];

/**
 * Sources of the words: mkinitfs `initramfs-init`, apk's messages, OpenRC `openrc-run.sh`, the kernel's oom_kill.c
 * and panic.c, SYSLINUX, GRUB and SeaBIOS.
 */
const PROBLEMS: readonly (readonly [BootProblemCode, RegExp])[] = [
  ['kernel-panic', /Kernel panic - not syncing/],
  ['out-of-memory', /Out of memory: Killed process|invoked oom-killer/],
  ['init-missing', /not found in new root/],
  ['recovery-shell', /Launching initramfs emergency recovery shell/],
  ['packages-incomplete', /apkovl packages install completed with errors/],
  ['packages-incomplete', /^ERROR: (?:unable to select packages|\S+: |\d+ error)/],
  ['packages-incomplete', /^\d+ errors?; .*packages/],
  [
    'packages-incomplete',
    /^WARNING: (?:Ignoring|Updating|opening|fetching) .*(?:apks|APKINDEX|repositories)/,
  ],
  ['initramfs-step-failed', /^ \* [^:]+: .*failed\./],
  ['service-failed', /^ \* ERROR: (?:\S+ failed to start|cannot start \S+ as)/],
  [
    'loader-failed',
    /Could not find kernel image|Failed to load (?:ldlinux|COM32)|No bootable device/,
  ],
  ['loader-failed', /^error: .*(?:no such device|not found|unknown filesystem)|^Boot failed/],
];

const STEP = /^ \* (.+?) ?\.\.\./;
const STEP_END = /\[ (ok|!!) \]$/;

/** Everything that one plain console line tells. */
export function readConsoleLine(line: string): readonly ConsoleEvent[] {
  const events: ConsoleEvent[] = [];
  const stage = STAGES.find(([, pattern]) => pattern.test(line));
  if (stage !== undefined) events.push({ kind: 'stage', stage: stage[0] });
  const problem = PROBLEMS.find(([, pattern]) => pattern.test(withoutClock(line)));
  if (problem !== undefined) events.push({ kind: 'problem', code: problem[0] });
  const step = STEP.exec(line)?.[1];
  if (step !== undefined) events.push({ kind: 'step', step });
  const end = STEP_END.exec(line)?.[1];
  if (end !== undefined) events.push({ kind: 'step-ended', ok: end === 'ok' });
  return events;
}

/** A prompt has no line ending: it has to be recognised while the line is unfinished. */
export function isLoginPrompt(line: string): boolean {
  return LOGIN_PROMPT.test(line);
}

/** The kernel's own lines begin with its clock: `[    1.234567] `. */
function withoutClock(line: string): string {
  return line.replace(/^\[ *\d+\.\d+\] /, '');
}
