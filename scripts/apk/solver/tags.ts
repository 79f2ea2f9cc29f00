import type { Candidate } from './graph/names.ts';
import type { SolverRepository } from './model.ts';

/** Number of the tag that repositories without one have. */
export const UNTAGGED = 0;

/**
 * Which repositories each tag stands for; tags and repositories are bits of numbers. Source: `get_tag` and `get_pkg_repos`
 * of apk-tools, src/solver.c.
 */
export class TagTable {
  private readonly names: readonly string[];
  private readonly repositories: readonly number[];

  constructor(repositories: readonly SolverRepository[]) {
    const tags = repositories.flatMap(({ tag }) => (tag === undefined ? [] : [tag]));
    this.names = ['', ...new Set(tags)];
    this.repositories = this.names.map((name) =>
      repositories.reduce(
        (mask, { tag = '' }, position) => (tag === name ? mask | (1 << position) : mask),
        0,
      ),
    );
  }

  /** Number of a tag; `undefined` when no repository has it. */
  numberOf(tag: string | undefined): number | undefined {
    const position = this.names.indexOf(tag ?? '');
    return position < 0 ? undefined : position;
  }

  /** Bit set of the repositories that a tag stands for. */
  repositoriesOf(tag: number): number {
    return this.repositories[tag] ?? 0;
  }

  /** Whether a repository of one of these tags offers the candidate. */
  offers(tags: number, candidate: Candidate): boolean {
    return this.repositories.some(
      (repositories, tag) =>
        (tags & (1 << tag)) !== 0 && (repositories & candidate.offer.repositories) !== 0,
    );
  }

  /** Tags, with their `@`, of the repositories that offer the candidate. */
  tagsOf(candidate: Candidate): string[] {
    return this.names
      .filter((name, tag) => name !== '' && this.offers(1 << tag, candidate))
      .map((name) => `@${name}`);
  }
}
