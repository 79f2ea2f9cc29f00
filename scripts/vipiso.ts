#!/usr/bin/env node
import { readVersion } from './host/package-root.ts';

/** Nothing but the version is asked for more often by scripts, and it needs no command. */
const [asked, ...others] = process.argv.slice(2);
if (others.length === 0 && (asked === '--version' || asked === '-V')) {
  process.stdout.write(`${readVersion(import.meta.dirname)}\n`);
} else {
  await import('./main.ts');
}
