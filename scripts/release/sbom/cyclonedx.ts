import * as Contrib from '@cyclonedx/cyclonedx-library/Contrib';
import * as Enums from '@cyclonedx/cyclonedx-library/Enums';
import * as Models from '@cyclonedx/cyclonedx-library/Models';
import * as Serialize from '@cyclonedx/cyclonedx-library/Serialize';
import * as Spec from '@cyclonedx/cyclonedx-library/Spec';
import parseExpression from 'spdx-expression-parse';
import type { Sbom, SbomItem } from './model.ts';

const { ComponentScope, ComponentType, ExternalReferenceType, HashAlgorithm } = Enums;

const TYPES: Readonly<Record<SbomItem['kind'], Enums.ComponentType>> = {
  release: ComponentType.OperatingSystem,
  image: ComponentType.OperatingSystem,
  package: ComponentType.Library,
  file: ComponentType.File,
  tool: ComponentType.Application,
};

/** The text of the release's CycloneDX document, format 1.6 (ECMA-424). */
export function cyclonedxText({ root, items, needs, tool, uuid, time }: Sbom): string {
  const components = new Map([root, ...items].map((item) => [item.ref, componentOf(item)]));
  for (const [from, to] of needs) {
    for (const ref of to) {
      const needed = components.get(ref);
      if (needed !== undefined) components.get(from)?.dependencies.add(needed.bomRef);
    }
  }
  const subject = components.get(root.ref);
  const bom = new Models.Bom({
    serialNumber: `urn:uuid:${uuid}`,
    metadata: new Models.Metadata({
      timestamp: new Date(time * 1000),
      tools: new Models.Tools({
        components: new Models.ComponentRepository([componentOf(tool)]),
      }),
      ...(subject !== undefined && { component: subject }),
    }),
  });
  for (const item of items) {
    const component = components.get(item.ref);
    if (component !== undefined) bom.components.add(component);
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const serializer = new Serialize.JsonSerializer(factory);
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf(item: SbomItem): Models.Component {
  const { ref, kind, name, version, description, purl, license, url, properties } = item;
  const licenses = new Contrib.License.Factories.LicenseFactory(parseExpression);
  return new Models.Component(TYPES[kind], name, {
    bomRef: ref,
    ...(version !== undefined && { version }),
    ...(description !== undefined && { description }),
    ...(purl !== undefined && { purl }),
    ...(kind === 'package' && {
      scope: item.buildOnly === true ? ComponentScope.Excluded : ComponentScope.Required,
    }),
    hashes: new Models.HashDictionary(
      item.sha256 === undefined ? [] : [[HashAlgorithm['SHA-256'], item.sha256]],
    ),
    licenses: new Models.LicenseRepository(
      license === undefined || license === '' ? [] : [licenses.makeFromString(license)],
    ),
    externalReferences: new Models.ExternalReferenceRepository(
      url === undefined ? [] : [new Models.ExternalReference(url, ExternalReferenceType.Website)],
    ),
    properties: new Models.PropertyRepository(
      Object.entries(properties).map(([key, value]) => new Models.Property(`vipiso:${key}`, value)),
    ),
  });
}
