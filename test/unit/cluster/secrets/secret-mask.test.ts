import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { maskSecretText } from '../../../../scripts/cluster/secrets/secret-mask.ts';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import { checkClusters } from '../../../../scripts/workflows/check/check.ts';
import { REFERENCE_FILE } from '../../../support/cluster/reference-model.ts';
import { testHost } from '../../../support/host/test-host.ts';

const SECRET = 'hunter2x';

describe('a secret in a text', () => {
  test.each([
    ['plain', `stats:\n  password: ${SECRET}\n`],
    ['in quotes', `stats:\n  password: "${SECRET}"\n`],
    ['in a flow mapping', `stats: { user: me, password: ${SECRET}, port: 1 }\n`],
    ['under a quoted key', `stats: { "password": '${SECRET}' }\n`],
    ['in a block', `stats:\n  password: |\n    ${SECRET}\n    ${SECRET}\nname: x\n`],
    ['in a list', `stats:\n  password:\n    - ${SECRET}\n`],
    ['under a key that does not exist', `stats:\n  password: { value: ${SECRET} }\n`],
    ['under a misspelt key', `vrrp:\n  auth_passs: ${SECRET}\n`],
    ['written twice', `stats:\n  password: ${SECRET}\n  password: ${SECRET}\n`],
    ['in a text that is not YAML', `stats:\n  password: ${SECRET}\n  foo: [\n}`],
    ['in a comment', `# password: ${SECRET}\n`],
    ['of a host key', `access:\n  ssh:\n    host_keys:\n      lb-1: |\n        ${SECRET}\n`],
    ['with a tag', `stats:\n  password: !!str ${SECRET}\n`],
  ])('%s is starred out, and nothing moves', (_what, text) => {
    const masked = maskSecretText(text);
    expect(masked).not.toContain(SECRET);
    expect(masked).toContain('*'.repeat(SECRET.length));
    expect(masked.split('\n').map((it) => it.length)).toEqual(
      text.split('\n').map((it) => it.length),
    );
  });

  test('that lies elsewhere is not in the text', () => {
    const text = 'stats:\n  password: { file: secrets/stats }\n  user: me\nname: passage\n';
    expect(maskSecretText(text)).toBe(text);
  });
});

describe('check shows no secret of the cluster file', () => {
  test.each([
    ['that it warns of', `stats:\n  password: ${SECRET}\n`],
    ['that is of no use', `access:\n  root_password_hash: ${SECRET}\n`],
    ['that is a number', `stats:\n  password: 8675309\n`],
    ['under a key that it does not know', `access:\n  root_passwd: ${SECRET}\n`],
    ['of a host key', `access:\n  ssh: { host_keys: { lb-1: ${SECRET} } }\n`],
    ['beside another mistake in the line', `stats: { password: ${SECRET}, prt: 1 }\n`],
    ['in broken YAML', `stats:\n  password: ${SECRET}\n bad\n`],
    ['that is an alias of nothing', `stats:\n  password: *${SECRET}\n`],
  ])('%s', async (_what, addition) => {
    const host = testHost();
    writeFileSync(path.join(host.cwd, 'cluster.yaml'), REFERENCE_FILE + addition);
    const { files, text, error } = await checkClusters(host, ['cluster.yaml']);
    const findings = files.flatMap(({ diagnostics }) => diagnostics);
    const details = error instanceof VipisoError ? error.details : [];
    const said = JSON.stringify([findings, text, details]);
    expect(findings).not.toEqual([]);
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain('8675309');
  });
});
