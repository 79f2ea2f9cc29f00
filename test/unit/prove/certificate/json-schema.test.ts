import { expect, test } from 'vitest';
import { formatProof, ProofDocument } from '../../../../scripts/prove/certificate/document.ts';
import { schemaText } from '../../../../scripts/workflows/schema.ts';
import { proofDocument } from '../../../support/proof/proof-document.ts';

test('proof.json has a JSON Schema that names each of its keys', () => {
  const schema = JSON.parse(schemaText('proof')) as {
    title: string;
    required: string[];
    properties: object;
  };
  expect(schema.title).toBe('vipiso proof');
  expect(Object.keys(schema.properties)).toEqual(Object.keys(ProofDocument.shape));
  expect(schema.required).toContain('trials');
});

test('the cluster file has one of its own', () => {
  expect(schemaText('cluster')).toContain('"title": "vipiso cluster file"');
});

test('proof.json reads back as what was written', () => {
  const text = formatProof(proofDocument());
  expect(ProofDocument.parse(JSON.parse(text))).toEqual(proofDocument());
});
