import { z } from 'zod';

const WatchEvent = z.object({
  type: z.string(),
  object: z.looseObject({
    code: z.number().optional(),
    message: z.string().optional(),
    metadata: z
      .looseObject({ name: z.string().optional(), resourceVersion: z.string().optional() })
      .optional(),
  }),
});

/** What a watch has seen, over all its connections: names by their resource version. */
export class EventLog {
  /** From where the next connection goes on. */
  resourceVersion: string;
  received = 0;
  twice = 0;
  outOfOrder = 0;
  readonly #seen = new Map<string, string>();

  constructor(resourceVersion: string) {
    this.resourceVersion = resourceVersion;
  }

  /**
   * One line of a watch: a JSON event.
   *
   * @returns why the watch cannot go on from where it is, undefined if it can
   */
  take(line: string): string | undefined {
    const parsed = WatchEvent.safeParse(parsedJson(line));
    if (!parsed.success) return undefined;
    const { type, object } = parsed.data;
    if (type === 'ERROR') return `${object.code ?? 0} ${object.message ?? ''}`.trim();
    const { name = '', resourceVersion } = object.metadata ?? {};
    if (resourceVersion === undefined) return undefined;
    if (type !== 'BOOKMARK') this.#note(name, resourceVersion);
    this.resourceVersion = resourceVersion;
    return undefined;
  }

  /** How many of these were not seen. @param stored resource versions by name, of all that came after the beginning */
  missing(stored: ReadonlyMap<string, string>): number {
    const versions = new Set(this.#seen.keys());
    return [...stored.values()].filter((version) => !versions.has(version)).length;
  }

  has(resourceVersion: string): boolean {
    return this.#seen.has(resourceVersion);
  }

  #note(name: string, resourceVersion: string): void {
    this.received += 1;
    if (this.#seen.has(resourceVersion)) this.twice += 1;
    // The API calls versions opaque; etcd's revisions are numbers that grow, which is what makes this a check.
    else if (BigInt(resourceVersion) <= BigInt(this.resourceVersion)) this.outOfOrder += 1;
    this.#seen.set(resourceVersion, name);
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
