import { VipisoError } from '../core/errors.ts';
import { withSourcePositions } from './source-positions.ts';

/** What the user sees of a failure on standard error: what, details, why, what to do. */
export function formatError(error: unknown): string {
  if (!(error instanceof VipisoError)) return formatBug(error);
  const lines = [
    `error[${error.code}]: ${error.message}`,
    ...error.details.map((line) => `  ${line}`),
  ];
  const cause = causeText(error.cause);
  if (cause !== undefined && !error.message.includes(cause)) lines.push(`  cause: ${cause}`);
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return lines.join('\n');
}

/** The same for `--json`: one object, the counterpart of an event. */
export function errorAsJson(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof VipisoError))
    return { type: 'error', code: 'bug', message: String(error) };
  return {
    type: 'error',
    code: error.code,
    message: error.message,
    details: error.details,
    hint: error.hint,
  };
}

function formatBug(error: unknown): string {
  const stack =
    error instanceof Error ? withSourcePositions(error.stack ?? error.message) : String(error);
  return `${stack}\nThis is a bug in vipiso. Please report it with the lines above and the command you ran.`;
}

function causeText(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? cause.message : JSON.stringify(cause);
}
