/** What a program of the image says of a file that it reads. */
export interface Complaint {
  readonly severity: 'error' | 'warning';
  /** One sentence, without the place. */
  readonly text: string;
  /** Path in the image, without a slash in front; absent where the program names none. */
  readonly file?: string | undefined;
  /** Counted from 1. */
  readonly line?: number | undefined;
  /** It could not look a name up, which there is no network for: it says nothing of the node that has one. */
  readonly unresolved?: true;
  /** Columns counted from 0, `to` behind the last one. */
  readonly columns?: { readonly from: number; readonly to: number } | undefined;
}

/** What a program wrote, both of its streams, and how it ended. */
export interface ProgramOutput {
  readonly text: string;
  readonly exitCode: number;
}

export type ComplaintParser = (output: ProgramOutput) => readonly Complaint[];

/** Lines without what marks their end; empty ones are left out. */
export function linesOfOutput(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

/** `/etc/motd` as the trees of overlays name it. */
export function inImage(file: string): string {
  return file.replace(/^\/+/, '');
}

/**
 * Makes sure that a program that refuses its file is heard, whatever it wrote: of complaints that are all warnings the
 * refusal must show, and of none there is the exit code to tell.
 */
export function withRefusal(
  complaints: readonly Complaint[],
  { text, exitCode }: ProgramOutput,
): readonly Complaint[] {
  const heard = complaints.some((it) => it.severity === 'error' || it.unresolved === true);
  if (exitCode === 0 || heard) return complaints;
  const last = linesOfOutput(text).at(-1);
  const said = last === undefined ? 'and says nothing' : `and says last: ${last.trim()}`;
  return [...complaints, { severity: 'error', text: `it ends with exit code ${exitCode} ${said}` }];
}
