/**
 * What the charts of proof.html are drawn with. Each mark becomes one SVG element by the inline partial of its kind
 * in profiles/proof/proof.html.hbs, which also escapes it. Lengths across are texts: a percentage keeps a chart as
 * wide as the page while its letters keep their size, so that it can be read on a phone.
 */
export type Mark = RectMark | LineMark | TextMark | PathMark | CurveMark;

interface RectMark {
  readonly kind: 'rect';
  readonly look: string;
  readonly x: string;
  readonly y: number;
  readonly width: string;
  readonly height: number;
  /** Shown where the pointer rests; empty for none. */
  readonly tip: string;
}

interface LineMark {
  readonly kind: 'line';
  readonly look: string;
  readonly x: string;
  readonly from: number;
  readonly to: number;
}

interface TextMark {
  readonly kind: 'text';
  readonly look: string;
  readonly x: string;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly text: string;
}

/** A path in pixels, moved to a place. */
interface PathMark {
  readonly kind: 'path';
  readonly look: string;
  readonly x: string;
  readonly y: number;
  readonly d: string;
  readonly tip: string;
}

/** A path in a field of 1000 by 100 that is stretched over the chart's whole width. */
interface CurveMark {
  readonly kind: 'curve';
  readonly look: string;
  readonly y: number;
  readonly height: number;
  readonly d: string;
}

export interface Drawing {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What the drawing shows, for those who cannot see it. */
  readonly description: string;
  readonly look: string;
  readonly height: number;
  /** Present where the drawing scales as a whole. */
  readonly viewBox: string;
  readonly marks: readonly Mark[];
  /** Laid over the drawing, or beside it on wide screens, which have room for a gutter. */
  readonly labels: readonly Mark[];
}

export function text(
  look: string,
  x: string,
  y: number,
  words: string,
  anchor: TextMark['anchor'] = 'start',
): Mark {
  return { kind: 'text', look, x, y, anchor, text: words };
}

export function rect(
  look: string,
  [x, width]: readonly [x: string, width: string],
  [y, height]: readonly [y: number, height: number],
  tip = '',
): Mark {
  return { kind: 'rect', look, x, y, width, height, tip };
}

/** Cuts the middle out of a text that would leave its box: names and addresses differ at their ends. */
export function fitted(words: string, characters: number): string {
  if (words.length <= characters) return words;
  const end = Math.floor((characters - 1) / 2);
  return `${words.slice(0, characters - 1 - end)}…${words.slice(-end)}`;
}

/** Of letters in a chart's gutter, in front of its plot on wide screens. */
const GUTTER = 24;

/**
 * A lane's name and a note: above its bar on phones, in the gutter on wide screens. The style sheet shows one of the
 * two.
 *
 * @param top of the lane; bar: where its bar begins below that
 */
export function laneLabel(name: string, note: string, top: number, bar: number): readonly Mark[] {
  return [
    text('lane narrow', '0%', top + 9, fitted(name, 24)),
    text('note narrow', '100%', top + 9, fitted(note, 22), 'end'),
    text('lane wide', '0%', top + bar + 3, fitted(name, GUTTER)),
    text('note wide', '0%', top + bar + 17, fitted(note, GUTTER)),
  ];
}
