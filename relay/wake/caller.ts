// Calls an endpoint: URL, address, headers, POST. What it is called with is the same for everybody: it must never say whom, by whom or what for.
import type { Clock } from '../../core/base/clock.ts';
import { WAKE_AGAIN_MS } from '../../core/wire/limits.ts';
import { addressOf, type Resolve } from './address.ts';
import { KIND, type Target, targetOf } from './endpoint.ts';
import { KNOCK_MS, type Knocked, knock } from './knock.ts';
import type { Vapid } from './vapid.ts';

/** What calling needs. */
export interface CallerNeeds {
  readonly clock: Clock;
  readonly vapid: Vapid;
  readonly resolve: Resolve;
  /** The operator allows endpoints in private networks, and plain http. */
  readonly allowPrivate: boolean;
}

/** How long a push service may keep a push for a device that it does not reach, s: until we would call again. */
const TTL_S = WAKE_AGAIN_MS / 1_000;

/** Calls endpoints of every kind. */
export class Caller {
  readonly #needs: CallerNeeds;

  constructor(needs: CallerNeeds) {
    this.#needs = needs;
  }

  /** The host a URL is on, or null when it may not be an endpoint. */
  host(kind: number, url: string): string | null {
    return targetOf(kind, url, this.#needs.allowPrivate)?.host ?? null;
  }

  /** One call. Never rejects. @param turn which of several addresses, counted on from attempt to attempt */
  async call({ kind, url }: { readonly kind: number; readonly url: string }, turn: number): Promise<Knocked> {
    const { allowPrivate, clock } = this.#needs;
    const target = targetOf(kind, url, allowPrivate);
    if (target === null) return 'refused';
    const address = await addressOf(target.host, (host) => this.#resolve(host), allowPrivate, turn);
    if (address === 'private') return 'refused';
    return address === 'unknown' ? 'later' : knock(target, address, this.#headers(kind, target), clock);
  }

  /** Nobody waits longer for a name server than for the endpoint itself. */
  #resolve(host: string): Promise<readonly string[]> {
    const { clock, resolve } = this.#needs;
    return new Promise((found) => {
      const cancel = clock.after(KNOCK_MS, () => found([]));
      resolve(host)
        .catch(() => [])
        .then((addresses) => {
          cancel();
          found(addresses);
        });
    });
  }

  #headers(kind: number, { origin }: Target): Readonly<Record<string, string>> {
    if (kind === KIND.webhook) return {};
    const push = { ttl: String(TTL_S), urgency: 'high' };
    if (kind === KIND.unifiedPush) return push;
    // A topic lets the service keep one push instead of many for a browser that is off.
    return { ...push, topic: 'sotto', authorization: this.#needs.vapid.authorization(origin, this.#needs.clock.now()) };
  }
}
