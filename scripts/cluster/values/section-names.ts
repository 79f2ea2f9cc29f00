import type { ServiceModel } from '../model.ts';

/** The page of figures: a frontend of its own. */
export const STATS_FRONTEND = 'stats-page';

/** Names of a service's two sections of haproxy.cfg. */
export interface SectionNames {
  readonly frontend: string;
  readonly backend: string;
}

/**
 * HAProxy 3.3 and newer refuse a backend that has a frontend's name. The backend keeps that of its service, because
 * backends are what other lines name: `use_backend`, `nbsrv()`, `set server` of the runtime API. Any name that HAProxy
 * takes may be a service's, so the rule `duplicate` tells where the frontend's meets another section's.
 */
export function sectionNames({ name }: Pick<ServiceModel, 'name'>): SectionNames {
  return { frontend: `${name}-frontend`, backend: name };
}
