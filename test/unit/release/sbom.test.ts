import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import type { PackageRecord } from '../../../scripts/apk/model.ts';
import type { LockedPackage } from '../../../scripts/packages/lock/format/schema.ts';
import type { DescribedPackage } from '../../../scripts/release/contents/packages.ts';
import { cyclonedxText } from '../../../scripts/release/sbom/cyclonedx.ts';
import { sbomOf } from '../../../scripts/release/sbom/model.ts';
import { spdxText } from '../../../scripts/release/sbom/spdx.ts';
import { exampleManifest } from '../../support/release/example-manifest.ts';

const SPDX_SCHEMA = path.resolve(import.meta.dirname, '../../fixtures/spdx/spdx-2.3.schema.json');
const DIGEST = 'ab'.repeat(32);

function described(name: string, license: string, purpose: 'image' | 'builder'): DescribedPackage {
  const locked = {
    ...{ name, version: '1.2_p3-r0', arch: 'x86_64', repository: 'main', size: 10 },
    ...{ checksum: 'Q1abc=', sha256: DIGEST, origin: `${name}-src`, for: [purpose] },
  } as LockedPackage;
  return {
    locked,
    record: { description: 'd', url: 'https://a.example', license } as PackageRecord,
  };
}

const haproxy = described('haproxy', 'GPL-2.0-or-later AND LGPL-2.1-or-later', 'image');
const libs = described('libstdc++', 'custom', 'image');
const abuild = described('abuild', 'MIT', 'builder');
const edges = [{ from: haproxy.locked, to: libs.locked }];
const sbom = sbomOf(exampleManifest(), [haproxy, libs, abuild], edges);

test('CycloneDX: the official schema takes it', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(cyclonedxText(sbom))).toBeNull();
});

test('SPDX: the official schema takes it', () => {
  const schema = JSON.parse(readFileSync(SPDX_SCHEMA, 'utf8')) as object;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  validate(JSON.parse(spdxText(sbom)));
  expect(validate.errors).toBeNull();
});

test('CycloneDX: packages with version, licence, origin, checksum, purl and what they need', () => {
  const document = JSON.parse(cyclonedxText(sbom)) as {
    components: { 'bom-ref': string }[];
    dependencies: { ref: string; dependsOn?: string[] }[];
  };
  const ref = 'package-libstdc---1.2-p3-r0-abababab';
  expect(document.components.find((it) => it['bom-ref'] === ref)).toMatchObject({
    name: 'libstdc++',
    version: '1.2_p3-r0',
    purl: 'pkg:apk/alpine/libstdc%2B%2B@1.2_p3-r0?arch=x86_64&distro=alpine-3.22',
    hashes: [{ alg: 'SHA-256', content: DIGEST }],
    licenses: [{ license: { name: 'custom' } }],
    scope: 'required',
    properties: expect.arrayContaining([
      { name: 'vipiso:origin', value: 'libstdc++-src' },
    ]) as unknown,
  });
  const needs = document.dependencies.find((it) => it.ref.startsWith('package-haproxy'));
  expect(needs?.dependsOn).toEqual([ref]);
  const image = document.dependencies.find((it) => it.ref === 'image-lb-1');
  expect(image?.dependsOn).toContain(ref);
  expect(image?.dependsOn?.some((it) => it.startsWith('package-abuild'))).toBe(false);
});

test('SPDX: relations, and a licence that is no expression gets a name of its own', () => {
  const document = JSON.parse(spdxText(sbom)) as {
    packages: { name: string; licenseDeclared: string }[];
    relationships: { relationshipType: string }[];
    hasExtractedLicensingInfos: { name: string; licenseId: string }[];
  };
  const custom = document.packages.find((it) => it.name === 'libstdc++');
  expect(document.hasExtractedLicensingInfos).toMatchObject([
    { name: 'custom', licenseId: custom?.licenseDeclared },
  ]);
  const types = document.relationships.map((it) => it.relationshipType);
  for (const type of ['DESCRIBES', 'CONTAINS', 'DEPENDS_ON', 'BUILD_TOOL_OF'])
    expect(types).toContain(type);
});

test('the same release gives the same bytes, another one another serial number', () => {
  const again = sbomOf(exampleManifest(), [haproxy, libs, abuild], edges);
  expect(cyclonedxText(again)).toBe(cyclonedxText(sbom));
  expect(spdxText(again)).toBe(spdxText(sbom));
  const other = sbomOf(exampleManifest({ version: '2027.1' }), [haproxy, libs, abuild], edges);
  expect(other.uuid).not.toBe(sbom.uuid);
});

test('of a file with secrets no digest is told', () => {
  const [image] = exampleManifest().images;
  if (image === undefined) throw new Error('the example has an image');
  const configuration = [
    { path: '/etc/shadow', mode: '0640', sha256: DIGEST, secret: true as const },
  ];
  const told = sbomOf(exampleManifest({ images: [{ ...image, configuration }] }), [], []);
  expect(told.items.find((it) => it.name === '/etc/shadow')?.sha256).toBeUndefined();
});
