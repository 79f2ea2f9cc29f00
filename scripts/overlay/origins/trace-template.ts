import { ENGINE, HELPERS } from '../templates/helpers.ts';
import type { RenderData } from '../templates/helpers.ts';
import { annotateTemplate, TRACE_HELPERS } from './annotate-template.ts';
import { mark, MARKS, withoutMarks } from './markers.ts';
import { readMarks } from './traced-text.ts';
import type { TracedLine } from './traced-text.ts';
import type { TracedView, ViewPath } from './traced-view.ts';

type Helper = (...args: unknown[]) => unknown;

/**
 * Renders a template that is known to be good once more, to learn where each line comes from.
 * @returns undefined where the outcome is not `text`, so that what it tells is not to be trusted
 */
export function traceTemplate(
  source: string,
  traced: TracedView,
  text: string,
): readonly TracedLine[] | undefined {
  const program = ENGINE.parse(source);
  annotateTemplate(program);
  const names = [...Object.keys(HELPERS), ...Object.values(TRACE_HELPERS)];
  const execute = ENGINE.compile(program, {
    strict: true,
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(names.map((name) => [name, true])),
  });
  const data: RenderData = { onSecret: () => undefined };
  const helpers = { ...markingHelpers(), ...traceHelpers(traced) };
  const marked = execute(traced.view, { data, helpers });
  return withoutMarks(marked) === text ? readMarks(marked, traced.paths) : undefined;
}

/** The templates' helpers, which judge and change bare values: marks are taken off and put on again. */
function markingHelpers(): Record<string, Helper> {
  return Object.fromEntries(
    Object.entries(HELPERS).map(([name, helper]) => [name, marking(helper as Helper)]),
  );
}

function marking(helper: Helper): Helper {
  return function (this: unknown, first: unknown, ...rest: unknown[]) {
    const number = typeof first === 'string' ? firstValue(first) : undefined;
    if (typeof first !== 'string' || number === undefined) return helper.call(this, first, ...rest);
    const made = helper.call(this, withoutMarks(first), ...rest);
    return `${mark('v', number)}${String(made)}${mark('e', number)}`;
  };
}

function firstValue(text: string): number | undefined {
  for (const [, kind, number] of text.matchAll(MARKS)) if (kind === 'v') return Number(number);
  return undefined;
}

function traceHelpers({ numberOf, pathOf }: TracedView): Record<string, Helper> {
  const numberFor = (context: unknown, subject: unknown): number => {
    const path = pathFor(pathOf(context), String(subject));
    // An unknown place still needs a number, so that openings and closings stay in pairs.
    return numberOf(path ?? []);
  };
  return {
    [TRACE_HELPERS.open](this: unknown, subject) {
      return mark('o', numberFor(this, subject));
    },
    [TRACE_HELPERS.close](this: unknown, subject) {
      return mark('c', numberFor(this, subject));
    },
  };
}

function pathFor(context: ViewPath | undefined, subject: string): ViewPath | undefined {
  if (subject.startsWith('@')) return subject.slice(1).split('.');
  if (context === undefined) return undefined;
  return subject === '' ? context : [...context, ...subject.split('.')];
}
