/** What is to be known of one code of `vipiso check`. */
export interface CodePage {
  readonly code: string;
  /** One line, without a full stop. */
  readonly title: string;
  /** What happens, and why. */
  readonly meaning: string;
  /** Public reports of whom it affected: `owner/repository#number`, with what happened there. */
  readonly seen?: readonly string[];
  readonly remedy: string;
  /** Whether `lint.ignore` may name it. */
  readonly silence: boolean;
  /** Parts of a cluster file that have the finding, and have it no more; absent where no text of one file shows it. */
  readonly example?: { readonly before: string; readonly after: string };
}
