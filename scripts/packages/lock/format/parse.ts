import type { Diagnostic } from '../../../core/diagnostic.ts';
import { inputsDigest } from './inputs.ts';
import { LOCK_SCHEMA, Lockfile } from './schema.ts';

export type ParsedLock =
  | { readonly ok: true; readonly lock: Lockfile }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads the text of a lock file; whatever is not as the tool writes it is reported, all at once. */
export function parseLock(text: string): ParsedLock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused([finding('lock-syntax', '', `is not JSON: ${String(error)}`)]);
  }
  const otherSchema = schemaOf(value);
  if (otherSchema !== undefined) {
    const message = `has format ${otherSchema}, this vipiso reads format ${LOCK_SCHEMA}`;
    return refused([finding('lock-format', 'schema', message)]);
  }
  const result = Lockfile.safeParse(value);
  if (!result.success) {
    return refused(
      result.error.issues.map((issue) => {
        return finding('lock-invalid', issue.path.join('.'), issue.message);
      }),
    );
  }
  const contradictions = contradictionsIn(result.data);
  return contradictions.length === 0 ? { ok: true, lock: result.data } : refused(contradictions);
}

function schemaOf(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || !('schema' in value)) return undefined;
  return value.schema === LOCK_SCHEMA ? undefined : JSON.stringify(value.schema);
}

/** What a merge or an editor may have broken although each part is well-formed. */
function contradictionsIn(lock: Lockfile): Diagnostic[] {
  const repositories = new Set(lock.repositories.map(({ name }) => name));
  const strays = lock.packages
    .filter((it) => !repositories.has(it.repository))
    .map((it) => `${it.name} comes from “${it.repository}”, which is not listed`);
  const orders = Object.entries(lock.order).flatMap(([purpose, names]) => {
    const packages = lock.packages.filter((it) => it.for.some((other) => other === purpose));
    const listed = packages.map(({ name }) => name).sort();
    return JSON.stringify(listed) === JSON.stringify([...names].sort())
      ? []
      : [`the packages for “${purpose}” are not those that its order lists`];
  });
  const inputs = lock.inputs === inputsDigest(lock) ? [] : ['the inputs do not match their digest'];
  return [
    ...strays.map((message) => finding('lock-contradiction', 'packages', message)),
    ...orders.map((message) => finding('lock-contradiction', 'order', message)),
    ...inputs.map((message) => finding('lock-contradiction', 'inputs', message)),
  ];
}

function refused(diagnostics: readonly Diagnostic[]): ParsedLock {
  return { ok: false, diagnostics };
}

function finding(code: string, path: string, message: string): Diagnostic {
  const hint = 'Make it again: vipiso lock';
  return { code, severity: 'error', message, path, hint };
}
