/** Words at which an operator looks twice. */
const ALARMING =
  /error|fail|can't|cannot|could not|unable|warn|not found|no such|denied|invalid|unknown|refused|missing|tim(?:ed? ?out|eout)|panic|oops|\bbug\b|traceback|segfault|crash|\[ !! \]/i;

/** Lines that hold such a word and are as they should be, each with the reason. */
const EXPECTED: readonly { readonly line: RegExp; readonly reason: string }[] = [
  {
    line: /^(?:\/bin\/)?(?:sh: )?can't access tty; job control turned off$/,
    reason: 'the shell of the initramfs that `single` asked for, to get a debug shell',
  },
];

/** The lines of a boot that would make an operator look twice. */
export function alarmingLines(lines: readonly string[]): readonly string[] {
  return lines.filter(
    (line) => ALARMING.test(line) && !EXPECTED.some((expected) => expected.line.test(line)),
  );
}
