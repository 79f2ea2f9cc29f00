import { format, resolveConfig } from 'prettier';

/** @param file the name that the text will have, by which Prettier knows its rules */
export async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}
