/**
 * What long work says of itself. Workflows emit events; a reporter (terminal, plain lines, JSON) renders
 * them. A step is known by `id`; steps of one run may overlap (parallel downloads).
 */
export type ProgressEvent =
  | {
      readonly type: 'step-start';
      readonly id: string;
      readonly title: string;
      /** Expected amount of work, where known. */
      readonly total?: number | undefined;
      readonly unit?: 'bytes' | 'items' | undefined;
    }
  | {
      readonly type: 'step-progress';
      readonly id: string;
      readonly done: number;
      readonly total?: number;
    }
  | {
      readonly type: 'step-end';
      readonly id: string;
      readonly outcome: 'done' | 'cached' | 'failed';
      /** Short fact shown behind the title: "105 packages, 54.1 MB". */
      readonly summary?: string | undefined;
    }
  /** How things stand right now: drawn over the last one of the same id; an empty text ends it. */
  | {
      readonly type: 'status';
      readonly id: string;
      readonly text: string;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'note'; readonly level: 'info' | 'warning'; readonly text: string }
  /** A machine-readable result: an ISO that was written, a check that was done. */
  | {
      readonly type: 'result';
      readonly name: string;
      readonly data: Readonly<Record<string, unknown>>;
    };

export type Report = (event: ProgressEvent) => void;

/** Runs `work` as a step: its end is reported whether it returns or throws. */
export async function step<T>(
  report: Report,
  about: {
    readonly id: string;
    readonly title: string;
    readonly total?: number;
    readonly unit?: 'bytes' | 'items';
  },
  work: (progress: (done: number) => void) => Promise<T>,
  summarise?: (result: T) => { readonly outcome?: 'done' | 'cached'; readonly summary?: string },
): Promise<T> {
  report({ type: 'step-start', ...about });
  try {
    const result = await work((done) => {
      report({ type: 'step-progress', id: about.id, done });
    });
    const end = summarise?.(result) ?? {};
    report({
      type: 'step-end',
      id: about.id,
      outcome: end.outcome ?? 'done',
      summary: end.summary,
    });
    return result;
  } catch (error) {
    report({ type: 'step-end', id: about.id, outcome: 'failed' });
    throw error;
  }
}
