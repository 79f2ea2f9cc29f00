import { z } from 'zod';
import { ProofDocument } from './document.ts';

/** JSON Schema (2020-12) of proof.json, for those who read it by machine. */
export function proofJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(ProofDocument), title: 'vipiso proof' };
}
