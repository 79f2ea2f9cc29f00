import { z } from 'zod';

/** `/etc/vipiso/release.json` of an image, as `overlay/view/release-text.ts` writes it. */
export const InstalledRelease = z.object({
  schema: z.literal(1),
  /** Of the release that the image was made for; absent = it was built by itself. */
  version: z.string().optional(),
  lock: z.string(),
  cluster: z.string(),
  node: z.string(),
  role: z.enum(['MASTER', 'BACKUP']),
  vrrp: z.array(
    z.object({
      group: z.string(),
      role: z.enum(['MASTER', 'BACKUP']),
      priority: z.number(),
      interface: z.string(),
      vips: z.array(z.string()),
    }),
  ),
});
export type InstalledRelease = z.infer<typeof InstalledRelease>;
