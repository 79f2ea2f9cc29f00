import { z } from 'zod';

/**
 * `vulnerabilities.json`: what Alpine's security databases say of a release's packages. They list fixes only, so a
 * vulnerability that nobody fixed yet is in neither list.
 */
export const VulnerabilityReport = z.strictObject({
  schema: z.literal(1),
  /** The databases that were asked, by name of the repository; SHA-256 of their content. None: nothing is known. */
  databases: z.array(z.strictObject({ repository: z.string(), sha256: z.string() })),
  /** Repositories of the lock without a database. */
  unknown: z.array(z.string()),
  /** Fixed in a version newer than the release's: open in it. */
  open: z.array(
    z.strictObject({
      id: z.string(),
      origin: z.string(),
      version: z.string(),
      fixedIn: z.string(),
      packages: z.array(z.string()),
    }),
  ),
  /** What the release's versions have fixed. */
  fixed: z.array(z.strictObject({ id: z.string(), origin: z.string(), fixedIn: z.string() })),
});
export type VulnerabilityReport = z.infer<typeof VulnerabilityReport>;

export function formatVulnerabilities(report: VulnerabilityReport): string {
  return `${JSON.stringify(VulnerabilityReport.parse(report), null, 2)}\n`;
}
