import { z } from 'zod';

/** One line of a configuration file: no control character, so that no value can begin a line of its own. */
export const Line = z
  .string()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'it has a control character, such as a line break');

/** A line that the user wrote verbatim; a tab may indent it. */
export const RawLine = z
  .string()
  .regex(/^(\t|[^\p{Cc}\p{Zl}\p{Zp}])*$/u, 'it has a control character, such as a line break');
