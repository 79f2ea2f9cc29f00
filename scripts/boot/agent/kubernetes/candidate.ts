import { z } from 'zod';
import type { ApiClient, ApiTarget } from './api-client.ts';

/** The defaults of Kubernetes' own controllers (client-go's leader election), in milliseconds. */
const LEASE_MS = 15_000;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2000;

const Lease = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z.looseObject({
    holderIdentity: z.string().nullish(),
    renewTime: z.string().nullish(),
    leaseTransitions: z.int().nullish(),
  }),
});
type Lease = z.infer<typeof Lease>;

/**
 * A controller that leads while it can renew its lease, as client-go does: it gives up when ten seconds pass without a
 * renewal, and takes a lease that was not renewed for fifteen.
 */
export class Candidate {
  readonly #name: string;
  readonly #client: ApiClient;
  readonly #to: ApiTarget;
  readonly #collection: string;
  readonly #lease: string;
  readonly #timer: NodeJS.Timeout;
  /** What is known of the lease, and since when it has not changed: clocks of other machines are not trusted. */
  #observed: { readonly version: string; readonly at: number } | undefined;
  #isAsking = false;
  #leadsSince: number | undefined;
  #renewedAt = 0;
  #figures = { renewals: 0, changes: 0, longestGapMs: 0 };

  constructor(
    client: ApiClient,
    to: ApiTarget,
    about: { readonly name: string; readonly collection: string; readonly lease: string },
  ) {
    this.#client = client;
    this.#to = { ...to, timeoutMs: RENEW_DEADLINE_MS / 2 };
    this.#name = about.name;
    this.#collection = about.collection;
    this.#lease = about.lease;
    this.#timer = setInterval(() => void this.#work(), RETRY_MS);
    void this.#work();
  }

  get leads(): boolean {
    return this.#leadsSince !== undefined;
  }

  /** Renewals, and how often it lost or took the lead, since the last look. */
  take(): { readonly renewals: number; readonly changes: number; readonly longestGapMs: number } {
    const lasting = this.leads ? Date.now() - this.#renewedAt : 0;
    const figures = {
      ...this.#figures,
      longestGapMs: Math.max(this.#figures.longestGapMs, lasting),
    };
    this.#figures = { renewals: 0, changes: 0, longestGapMs: 0 };
    return figures;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #work(): Promise<void> {
    if (this.leads && Date.now() - this.#renewedAt > RENEW_DEADLINE_MS) this.#loseLead();
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      await this.#tryToLead();
    } catch {
      // No answer: the next attempt comes, and the renewal's deadline tells.
    } finally {
      this.#isAsking = false;
    }
  }

  async #tryToLead(): Promise<void> {
    const path = `${this.#collection}/${this.#lease}`;
    const { status, body } = await this.#client.get(this.#to, path);
    if (status === 404) {
      const made = await this.#client.post(this.#to, this.#collection, this.#newLease());
      if (made.status === 201) this.#renewed();
      return;
    }
    const lease = Lease.parse(JSON.parse(body));
    const { resourceVersion: version } = lease.metadata;
    if (version !== this.#observed?.version) this.#observed = { version, at: Date.now() };
    const isOurs = lease.spec.holderIdentity === this.#name;
    if (!isOurs && Date.now() - this.#observed.at < LEASE_MS) {
      if (this.leads) this.#loseLead();
      return;
    }
    const put = await this.#client.put(this.#to, path, this.#renewal(lease, isOurs));
    if (put.status === 200) this.#renewed();
  }

  #newLease(): unknown {
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#lease },
      spec: this.#spec(0),
    };
  }

  #renewal(lease: Lease, isOurs: boolean): unknown {
    const transitions = (lease.spec.leaseTransitions ?? 0) + (isOurs ? 0 : 1);
    return { ...lease, spec: { ...lease.spec, ...this.#spec(transitions) } };
  }

  #spec(leaseTransitions: number) {
    // MicroTime has six digits behind the point.
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const leaseDurationSeconds = LEASE_MS / 1000;
    return { holderIdentity: this.#name, leaseDurationSeconds, renewTime, leaseTransitions };
  }

  #renewed(): void {
    const now = Date.now();
    if (this.#leadsSince === undefined) {
      this.#leadsSince = now;
      this.#figures.changes += 1;
    } else {
      this.#figures.longestGapMs = Math.max(this.#figures.longestGapMs, now - this.#renewedAt);
    }
    this.#renewedAt = now;
    this.#figures.renewals += 1;
  }

  #loseLead(): void {
    this.#leadsSince = undefined;
    this.#figures.changes += 1;
  }
}
