import { describe, expect, it } from 'vitest';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import { compileTemplate } from '../../../../scripts/overlay/templates/templates.ts';
import { viewOf } from '../../../../scripts/overlay/view/view.ts';
import { OVERLAY_VARIANTS } from '../../../support/cluster/overlay-variants.ts';
import { modelOf, nodeOf, REFERENCE_FILE } from '../../../support/cluster/reference-model.ts';

const cluster = modelOf(REFERENCE_FILE);
const view = viewOf(cluster, nodeOf(cluster), { release: 'r1' });

function detailsOf(source: string): readonly string[] {
  try {
    compileTemplate('t', source);
  } catch (error) {
    if (error instanceof VipisoError) return error.details;
    throw error;
  }
  return [];
}

describe('a template that does not fit the view is refused before it renders', () => {
  it.each([
    ['a misspelt value', '{{hostnmae}}', 't:1:3: the view has no "hostnmae"'],
    [
      'a misspelt condition',
      'a\n{{#if haproxy.lgo}}x{{/if}}',
      't:2:7: the view has no "haproxy.lgo"',
    ],
    ['a misspelt condition in else if', '{{#if hostname}}{{else if nope}}{{/if}}', 'nope'],
    [
      'a path of the wrong scope',
      '{{#each vips}}{{hostname}}{{/each}}',
      'the view has no "hostname"',
    ],
    ['a step too far up', '{{#each vips}}{{../../hostname}}{{/each}}', '../../hostname'],
    ['a prototype property', '{{constructor}}', 'the view has no "constructor"'],
    ['a value used as a list', '{{#each hostname}}{{/each}}', 'does not fit {{#each}}'],
    ['an object printed', '{{haproxy}}', '"haproxy" is not a value'],
    ['an unknown helper', '{{shout hostname}}', 'there is no helper "shout"'],
    ['an unknown block', '{{#wehn hostname}}{{/wehn}}', 'a block is one of'],
    ['a partial', '{{> other}}', 'PartialStatement is not used'],
    ['an optional value without a condition', '{{syslogTarget}}', '"syslogTarget" may be absent'],
    ['a member of an optional value', '{{stats.frontend}}', '"stats" may be absent'],
    ['a secret printed', '{{#if admin.passwordHash}}{{admin.passwordHash}}{{/if}}', 'is a secret'],
    ['no secret where one belongs', '{{secret hostname}}', '"hostname" is not a secret'],
    [
      'a condition that another scope established',
      '{{#if stats}}{{#each vips}}{{stats.frontend}}{{/each}}{{/if}}',
      'stats.frontend',
    ],
  ])('%s', (_, source, problem) => {
    expect(detailsOf(source).join('\n')).toContain(problem);
  });

  it('reports all problems of a template at once', () => {
    expect(detailsOf('{{a}}\n{{b}}')).toHaveLength(2);
  });

  it('names the line of a syntax error', () => {
    expect(detailsOf('x\n{{#if hostname}}').join('\n')).toContain('line 2');
  });
});

describe('rendering', () => {
  it('neither escapes nor trims values', () => {
    const text = compileTemplate('t', '{{hostname}} <&> {{join vips ", "}}')(view).text;
    expect(text).toBe('lb-1 <&> 192.168.9.139');
  });

  it('reaches the root and enclosing scopes from inside a loop', () => {
    const source =
      '{{#each haproxy.services}}{{#each backends}}{{../name}}/{{name}}@{{@root.hostname}} {{/each}}{{/each}}';
    expect(compileTemplate('t', source)(view).text).toContain('k8s-api/k8s-2@lb-1 ');
  });

  it('tells when a secret went in', () => {
    const file = `${REFERENCE_FILE}\naccess: { root_password_hash: { env: HASH } }`;
    const model = modelOf(file, {
      $HASH:
        '$6$abcdefgh$tyTLpddAm/ZMMzYTDrJHr993gLSylkYnkHHlbFF0MeLfBjZyP2wfnhCK5TqiznLM38O1CZSVNwdWQuagPeCj81',
    });
    const render = compileTemplate(
      't',
      '{{#each users}}{{#if passwordHash}}{{name}}:{{secret passwordHash}}{{/if}}{{/each}}',
    );
    expect(render(viewOf(model, nodeOf(model), { release: 'r' })).secret).toBe(true);
    expect(render(view)).toEqual({ text: '', secret: false });
  });
});

describe('values', () => {
  it.each(['\n', '\r', '\0', '\u001b', '\u2028', '\u0085'])('with %j are refused', (character) => {
    expect(() => viewOf(cluster, nodeOf(cluster), { release: `a${character}b` })).toThrow(
      expect.objectContaining({
        code: 'cluster-invalid',
        details: [expect.stringContaining('release: it has a control character')],
      }),
    );
  });

  it('of every variant make a view', () => {
    for (const { file, texts } of OVERLAY_VARIANTS) {
      const model = modelOf(file, texts);
      expect(viewOf(model, nodeOf(model, 1), { release: 'r' }).hostname).toBe('lb-2');
    }
  });
});
