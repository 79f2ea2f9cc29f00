import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseProfile } from '../../../scripts/image/profile.ts';
import type { Profile } from '../../../scripts/image/profile.ts';

const PROFILES = path.resolve(import.meta.dirname, '../../../profiles');

/** The profile that clusters have by default. */
export function testProfile(): Profile {
  return parseProfile(readFileSync(path.join(PROFILES, 'virt.yaml'), 'utf8'), 'virt');
}
