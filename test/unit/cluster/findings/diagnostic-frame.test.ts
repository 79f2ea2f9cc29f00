import { describe, expect, test } from 'vitest';
import {
  formatDiagnostic,
  formatDiagnostics,
} from '../../../../scripts/cluster/findings/diagnostic-frame.ts';
import type { Diagnostic } from '../../../../scripts/core/diagnostic.ts';

const SOURCE = { name: 'cluster.yaml', text: 'vrrp:\n\tvip: 10.0.0.1 # there\r\nnodes: []\n' };

function finding(changes: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'vip-subnet',
    severity: 'error',
    message: 'the VIP is elsewhere',
    path: 'vrrp.vip',
    span: { start: { line: 2, column: 7 }, end: { line: 2, column: 15 } },
    hint: 'Choose another.',
    ...changes,
  };
}

const plain = { colour: false };

describe('a caret frame', () => {
  test('shows place, code, line, carets and hint', () => {
    expect(formatDiagnostic(finding(), SOURCE, plain)).toEqual([
      'cluster.yaml:2:7: error[vip-subnet]: the VIP is elsewhere',
      '    |',
      '  2 | \tvip: 10.0.0.1 # there',
      '    | \t     ^^^^^^^^',
      '  hint: Choose another.',
    ]);
  });

  test('of several lines underlines the first to its end', () => {
    const span = { start: { line: 1, column: 1 }, end: { line: 3, column: 1 } };
    expect(formatDiagnostic(finding({ span }), SOURCE, plain)[3]).toBe('    | ^^^^^');
  });

  test('at the end of the text still shows one caret', () => {
    const span = { start: { line: 4, column: 1 }, end: { line: 4, column: 1 } };
    expect(formatDiagnostic(finding({ span }), SOURCE, plain)[3]).toBe('    | ^');
  });

  test('without a place shows the file alone', () => {
    expect(formatDiagnostic(finding({ span: undefined, hint: undefined }), SOURCE, plain)).toEqual([
      'cluster.yaml: error[vip-subnet]: the VIP is elsewhere',
    ]);
  });

  test('has colours only where asked', () => {
    expect(formatDiagnostic(finding(), SOURCE, plain).join('')).not.toContain('\u001b');
    expect(formatDiagnostic(finding(), SOURCE, { colour: true })[0]).toContain(
      '\u001b[31merror[vip-subnet]',
    );
  });

  test('lets no control character of the file reach the terminal', () => {
    const source = { name: 'x', text: 'a\u001b[2Jb' };
    const span = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };
    expect(formatDiagnostic(finding({ span }), source, plain)[2]).toBe('  1 | a\u{FFFD}[2Jb');
  });

  test('several stand apart', () => {
    const lines = formatDiagnostics(
      [finding({ span: undefined }), finding({ span: undefined })],
      SOURCE,
      plain,
    );
    expect(lines.filter((line) => line === '')).toHaveLength(1);
  });
});
