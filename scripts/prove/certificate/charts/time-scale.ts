import { formatSeconds } from '../wording.ts';
import { text } from './marks.ts';
import type { Mark } from './marks.ts';

/** A stretch of time in milliseconds since the report's beginning. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** Between the figures of an axis, at most. */
const INTERVALS = 6;

/** Percent: an outage of one request in a minute has to leave a trace. */
const SEEN = 0.1;

/** Where moments are in a chart that is as wide as a window of time. */
export class TimeScale {
  readonly window: Window;

  constructor(window: Window) {
    this.window = { from: window.from, until: Math.max(window.until, window.from + 1) };
  }

  /** 0..100, moments outside at the edges. */
  share(at: number): number {
    const { from, until } = this.window;
    return round(Math.min(100, Math.max(0, ((at - from) / (until - from)) * 100)));
  }

  x(at: number): string {
    return `${this.share(at)}%`;
  }

  /** Place and width of a stretch, for `rect`. */
  stretch(from: number, until: number): readonly [x: string, width: string] {
    const start = this.share(from);
    return [`${start}%`, `${Math.max(SEEN, round(this.share(until) - start))}%`];
  }

  shows(from: number, until = from): boolean {
    return until >= this.window.from && from <= this.window.until;
  }

  /** Round moments, at most seven. */
  get ticks(): readonly number[] {
    const { from, until } = this.window;
    const step = roundStep((until - from) / INTERVALS);
    const first = Math.ceil(from / step) * step;
    const count = Math.floor((until - first) / step) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i) => first + i * step);
  }

  /** Grid lines from `top` down to `bottom`, and the seconds below them. */
  axis(top: number, bottom: number): readonly Mark[] {
    return this.ticks.flatMap((at): readonly Mark[] => {
      const share = this.share(at);
      const anchor = share < 4 ? 'start' : share > 93 ? 'end' : 'middle';
      return [
        { kind: 'line', look: 'grid', x: this.x(at), from: top, to: bottom },
        text('tick', this.x(at), bottom + 13, tickText(at), anchor),
      ];
    });
  }
}

/** From zero to the round moment at or after `longest`. */
export function wholeWindow(longest: number): Window {
  const step = roundStep(longest / INTERVALS);
  return { from: 0, until: Math.ceil(longest / step) * step };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}

function tickText(at: number): string {
  return Number.isInteger(at / 1000) ? `${at / 1000} s` : formatSeconds(at / 1000);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
