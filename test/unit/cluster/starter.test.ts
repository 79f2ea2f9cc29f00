import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clusterJsonSchema } from '../../../scripts/cluster/schema.ts';
import { brief, minimalFile, modelOf, parseText } from '../../support/cluster/cluster-file.ts';
import { TEST_CA } from '../../support/cluster/overlay-variants.ts';
import { HASH } from '../../support/credentials.ts';
import { hostCertificate, hostKey } from '../../support/ssh-keys.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const STARTER = readFileSync(path.join(ROOT, 'profiles/starter/cluster.yaml'), 'utf8');

/** Options stand behind a bare "#", explanations behind "# ". */
const EVERYTHING_ON = STARTER.replace(/^( *)#(?=[^ #\n])/gm, '$1');

const WORLD = {
  files: {
    '/site/shared.yaml': 'name: cluster\n',
    '/site/logs-ca.crt': TEST_CA,
    '/site/secrets/vrrp-password': 'secret',
    '/site/secrets/stats-password': 'secret',
    '/site/secrets/lb-1.ssh-host-key': hostKey(1).privateText,
    '/site/secrets/lb-2.ssh-host-key': hostKey(2).privateText,
    '/site/secrets/lb-1.ssh-host-key-cert.pub': hostCertificate(1, { principals: ['lb-1'] }),
    '/site/secrets/root-hash': HASH,
  },
  env: { OPS_PASSWORD_HASH: HASH },
};

describe('the starter file', () => {
  test('is the reference case, value by value', () => {
    const parsed = parseText(STARTER);
    expect(parsed.ok).toBe(true);
    if (parsed.ok) expect(parsed.cluster).toEqual(modelOf(minimalFile()));
  });

  test('has the warnings of the reference case and no errors', () => {
    const parsed = parseText(STARTER);
    expect(brief(parsed.ok ? parsed.warnings : parsed.diagnostics)).toEqual([
      'warning unreachable network',
      'warning stuck services[0]',
      'warning maxconn services[0]',
      'warning readyz services[0].check',
    ]);
  });

  test('is without errors with every option switched on', () => {
    const parsed = parseText(EVERYTHING_ON, WORLD);
    expect(parsed.ok ? [] : parsed.diagnostics).toEqual([]);
  });

  test('names the schema that is written beside it', () => {
    expect(STARTER.split('\n')[0]).toBe('# yaml-language-server: $schema=./cluster.schema.json');
  });

  test('shows every key that the schema knows', () => {
    const unseen = keysOf(clusterJsonSchema()).filter(
      (key) => !new RegExp(`(^|[\\s{,#-])${key}:`, 'm').test(STARTER),
    );
    expect(unseen).toEqual([]);
  });
});

describe('the JSON Schema', () => {
  test('describes every property for the editor', () => {
    const mute = properties(clusterJsonSchema())
      .filter(([, schema]) => typeof schema['description'] !== 'string')
      .map(([name]) => name);
    expect(mute).toEqual([]);
  });

  test('refuses unknown keys everywhere', () => {
    const open = objects(clusterJsonSchema()).filter(
      (schema) => 'properties' in schema && schema['additionalProperties'] !== false,
    );
    expect(open).toEqual([]);
  });
});

type Schema = Readonly<Record<string, unknown>>;

/** All mappings inside a JSON value, itself included. */
function objects(value: unknown): readonly Schema[] {
  if (Array.isArray(value)) return value.flatMap(objects);
  if (value === null || typeof value !== 'object') return [];
  return [value as Schema, ...Object.values(value).flatMap(objects)];
}

function properties(schema: Schema): readonly (readonly [string, Schema])[] {
  return objects(schema).flatMap((inner) =>
    typeof inner['properties'] === 'object' && inner['properties'] !== null
      ? Object.entries(inner['properties'] as Record<string, Schema>)
      : [],
  );
}

function keysOf(schema: Schema): readonly string[] {
  return [...new Set(properties(schema).map(([name]) => name))].sort();
}
