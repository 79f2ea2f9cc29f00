import parseExpression from 'spdx-expression-parse';
import { compareStrings, sha256 } from '../../core/digest.ts';
import type { Sbom, SbomItem } from './model.ts';

const DOCUMENT = 'SPDXRef-DOCUMENT';
const NOT_TOLD = 'NOASSERTION';

const PURPOSES: Readonly<Record<SbomItem['kind'], string>> = {
  // OPERATING-SYSTEM has another spelling in the format's text than in its schema.
  release: 'INSTALL',
  image: 'INSTALL',
  package: 'LIBRARY',
  file: 'FILE',
  tool: 'APPLICATION',
};

/**
 * The text of the release's SPDX document, format 2.3 (https://spdx.github.io/spdx-spec/v2.3/). Files are packages of
 * the purpose FILE: the format wants SHA-1 of those that it calls files, and none can be told of one with secrets.
 */
export function spdxText(sbom: Sbom): string {
  const { root, items, tool, uuid, time } = sbom;
  const all = [root, ...items, tool];
  const extracted = extractedLicences(all);
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name: `${root.name}-${root.version ?? ''}`,
    documentNamespace: `https://spdx.org/spdxdocs/vipiso-${uuid}`,
    creationInfo: {
      created: new Date(time * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
      creators: [`Tool: ${tool.name}-${tool.version ?? ''}`],
    },
    packages: all.map(packageOf),
    relationships: relationshipsOf(sbom),
    ...(extracted.length > 0 && { hasExtractedLicensingInfos: extracted }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function packageOf(item: SbomItem): Record<string, unknown> {
  const { name, version, purl, license = '', origin, properties } = item;
  const comment = Object.entries(properties).map(([key, value]) => `${key}: ${value}`);
  return {
    SPDXID: idOf(item.ref),
    name,
    ...(version !== undefined && { versionInfo: version }),
    downloadLocation: NOT_TOLD,
    filesAnalyzed: false,
    ...(item.sha256 !== undefined && {
      checksums: [{ algorithm: 'SHA256', checksumValue: item.sha256 }],
    }),
    licenseConcluded: NOT_TOLD,
    licenseDeclared: license === '' ? NOT_TOLD : licenceOf(license),
    copyrightText: NOT_TOLD,
    ...(item.description !== undefined && { summary: item.description }),
    ...(item.url !== undefined && { homepage: item.url }),
    ...(origin !== undefined && { sourceInfo: `built from the source package ${origin}` }),
    primaryPackagePurpose: PURPOSES[item.kind],
    ...(purl !== undefined && {
      externalRefs: [
        { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl },
      ],
    }),
    ...(comment.length > 0 && { comment: comment.join('\n') }),
  };
}

function relationshipsOf({ root, items, needs, tool }: Sbom): readonly Record<string, string>[] {
  const kinds = new Map([root, ...items].map((item) => [item.ref, item.kind]));
  const related = (from: string, relationshipType: string, to: string): Record<string, string> => ({
    spdxElementId: idOf(from),
    relationshipType,
    relatedSpdxElement: idOf(to),
  });
  return [
    { spdxElementId: DOCUMENT, relationshipType: 'DESCRIBES', relatedSpdxElement: idOf(root.ref) },
    ...[...needs].flatMap(([from, to]) => {
      const type = kinds.get(from) === 'package' ? 'DEPENDS_ON' : 'CONTAINS';
      return to.map((ref) => related(from, type, ref));
    }),
    ...items
      .filter((item) => item.buildOnly === true)
      .map(({ ref }) => related(ref, 'BUILD_TOOL_OF', root.ref)),
    related(tool.ref, 'BUILD_TOOL_OF', root.ref),
  ];
}

function idOf(ref: string): string {
  return `SPDXRef-${ref}`;
}

/** What is no SPDX expression (Alpine has `custom`, `Public-Domain` ...) is referred to by a name of its own. */
function licenceOf(text: string): string {
  return isExpression(text) ? text : `LicenseRef-${sha256(text).slice(0, 16)}`;
}

function isExpression(text: string): boolean {
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}

function extractedLicences(items: readonly SbomItem[]): readonly Record<string, string>[] {
  const texts = items.flatMap(({ license = '' }) =>
    license === '' || isExpression(license) ? [] : [license],
  );
  return [...new Set(texts)].sort(compareStrings).map((name) => ({
    licenseId: licenceOf(name),
    name,
    extractedText: `The package’s maintainer calls it: ${name}`,
  }));
}
