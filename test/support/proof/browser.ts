import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';

/** Debian's; the tests bring no browser of their own. */
const EXECUTABLE = '/usr/bin/chromium';

/**
 * A headless Chromium that talks to nobody by itself. Close it when done.
 *
 * @param profile empty folder for what the browser writes
 */
export async function startBrowser(profile: string): Promise<BrowserContext> {
  return await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
