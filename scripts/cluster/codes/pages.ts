import { ACCESS_PAGES } from './access.ts';
import { DAEMON_PAGES } from './daemons.ts';
import { FORM_PAGES } from './form.ts';
import { NETWORK_PAGES } from './network.ts';
import type { CodePage } from './page.ts';
import { SERVICE_PAGES } from './services.ts';
import { SYSTEM_PAGES } from './system.ts';
import { VRRP_PAGES } from './vrrp.ts';

/** Every code of `check`, by where its cause is. */
export const CODE_CHAPTERS: readonly {
  readonly title: string;
  readonly pages: readonly CodePage[];
}[] = [
  { title: 'The text', pages: FORM_PAGES },
  { title: 'The network', pages: NETWORK_PAGES },
  { title: 'VRRP and the pair', pages: VRRP_PAGES },
  { title: 'Services', pages: SERVICE_PAGES },
  { title: 'Logins and secrets', pages: ACCESS_PAGES },
  { title: 'The system and the image', pages: SYSTEM_PAGES },
  { title: 'What the programs of the images say', pages: DAEMON_PAGES },
];

export const CODE_PAGES: readonly CodePage[] = CODE_CHAPTERS.flatMap(({ pages }) => pages);

/** Codes that `lint.ignore` may name. */
export const SILENCEABLE: readonly string[] = CODE_PAGES.filter(({ silence }) => silence).map(
  ({ code }) => code,
);
