/** A shell script's lines without comments of their own, continued ones joined. Quoting is not looked at. */
export function commandLines(script: string): readonly string[] {
  return script
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => !/^\s*#/.test(line));
}
