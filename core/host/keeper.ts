// Keeps a home for windows: opens, locks and closes it, and lets nothing of the peer through while it is not open.
import { type PeerEvent, peerContract } from '../api.ts';
import type { Clock } from '../base/clock.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import type { OpenPeerOptions, RunningPeer } from '../index.ts';
import type { NewHome } from '../peer/home.ts';
import type { KeyringDoor } from '../store/keyring.ts';
import type { VaultKeys } from '../store/vault.ts';
import type { Home } from '../window-api.ts';
import { type KeySlots, NO_SLOTS } from './key-slots.ts';
import { NO_KEYRING } from './keyring-wait.ts';
import { OpenHome } from './open-home.ts';

/** What a keeper needs of the engine; tests hand in a small double. */
export interface KeptEngine {
  homeExists(home: string): boolean;
  makeHome(home: string, made: NewHome): Promise<VaultKeys>;
  openPeer(options: OpenPeerOptions): Promise<RunningPeer>;
}

/** What a keeper needs. */
export interface KeeperNeed {
  readonly home: string;
  readonly listen: readonly string[];
  readonly lan: boolean;
  readonly desktop: boolean;
  readonly keyring: KeyringDoor | null;
  readonly slots: KeySlots;
  readonly engine: KeptEngine;
  readonly clock: Clock;
  /** The state changed, or the home changed hands, and windows may have missed something. */
  changed(home: Home): void;
  /** Every event of the peer, also while it is locked. */
  happened(event: PeerEvent): void;
  onFault(fault: unknown): void;
}

/** One home and its lock. */
export class Keeper {
  readonly #need: KeeperNeed;
  #home: Home;
  #open: OpenHome | null = null;
  #stop = new AbortController();
  /** Opening, unlocking and making are one at a time; whoever comes meanwhile shares the answer when it is a good one. */
  #working: Promise<Home> | null = null;
  /** Changes of the slots, one after the other: each reads what the one before wrote. */
  #changing: Promise<unknown> = Promise.resolve();
  /** Times the windows were shut out: a call that began before must not answer after. */
  #shut = 0;
  /** Somebody locked it: nothing but the passphrase opens it again, also when it has failed meanwhile. */
  #mustType = false;
  /** There is a home without an account: it was cut off in the making, which goes on when somebody makes theirs. */
  #isUnfinished = false;
  #closed = false;

  constructor(need: KeeperNeed) {
    this.#need = need;
    this.#home = { state: 'none', reason: null, slots: NO_SLOTS, keyring: NO_KEYRING, shared: false, desktop: need.desktop };
  }

  get home(): Home {
    return this.#home;
  }

  /** Looks at the home, and begins to open it where nobody has to type anything. Never rejects. */
  async begin(): Promise<void> {
    void this.#lookAtKeyring();
    await this.#lookAtHome();
  }

  async #lookAtHome(): Promise<void> {
    const { engine, home, slots } = this.#need;
    if (!engine.homeExists(home)) return;
    try {
      const kinds = await slots.kinds();
      this.#set({ state: 'locked', slots: kinds });
      if (kinds.keyFile || (kinds.keyring && this.#need.keyring !== null))
        void this.unlock(null).catch((error: unknown) => this.#sayLocked(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Makes the account and opens it. @throws ALREADY, BAD_INPUT, WRONG_PASSPHRASE for a home that was begun with another one, STORE_FAILED */
  make(made: NewHome): Promise<Home> {
    const { engine, home } = this.#need;
    if (this.#closed) return Promise.reject(new SottoError('CLOSED'));
    if (this.#working !== null || (engine.homeExists(home) && !this.#isUnfinished)) {
      // Made by somebody else meanwhile, in a terminal perhaps: now it is known.
      if (this.#working === null && this.#home.state === 'none') void this.#lookAtHome();
      return Promise.reject(new SottoError('ALREADY'));
    }
    return this.#work(async () => {
      this.#set({ state: 'opening', reason: null });
      try {
        const keys = await engine.makeHome(home, made);
        this.#isUnfinished = false;
        await this.#enter(keys);
      } catch (error) {
        if (isSottoError(error, 'ALREADY')) await this.#lookAtHome();
        else if (engine.homeExists(home) && !this.#isUnfinished) this.#fail(error);
        else this.#set({ state: 'none' });
        throw error;
      }
    });
  }

  /**
   * Opens the home, or unlocks it. Locked by a person or by idleness, only the passphrase opens: whoever sits here has the keyring too.
   * @throws NO_HOME, WRONG_PASSPHRASE, HOME_BUSY, STORE_DAMAGED, STORE_FAILED
   */
  unlock(passphrase: string | null): Promise<Home> {
    // What opens it by itself may fail, and another window may be wrong: what was typed here gets its own turn then.
    if (this.#working !== null) return passphrase === null ? this.#working : this.#working.catch(() => this.unlock(passphrase));
    if (this.#closed) return Promise.reject(new SottoError('CLOSED'));
    if (this.#home.state === 'open') return Promise.resolve(this.#home);
    return this.#work(() => this.#unlock(passphrase));
  }

  /**
   * Shuts every window out of every call and event of the peer until the passphrase is given again. The engine goes on: messages still
   * arrive and are kept, and other commands of this user still reach it. @throws BAD_INPUT where there is no passphrase to ask for
   */
  async lock(): Promise<Home> {
    if (this.#working !== null) await this.#working.catch(() => undefined);
    if (this.#home.state !== 'open') return this.#home;
    // A file that cannot be read at this moment keeps nothing open.
    const slots = await this.#need.slots.kinds().catch(() => this.#home.slots);
    if (!slots.passphrase) throw new SottoError('BAD_INPUT', 'There is no passphrase to unlock it with; set one first.');
    if (this.#home.state === 'open') this.#shutOut({ state: 'locked', slots });
    return this.#home;
  }

  /** Changes what opens the home, in its turn. @throws LOCKED, also when it was locked before its turn came, and what `change` throws */
  async changeSlots(change: (slots: KeySlots) => Promise<void>): Promise<Home> {
    this.#demandOpen();
    const shut = this.#shut;
    const turn = this.#changing.then(async () => {
      if (shut !== this.#shut) throw new SottoError('LOCKED');
      const { slots } = this.#need;
      await change(slots);
      await this.#lookAtKeyring();
      this.#set({ slots: await slots.kinds() });
      return this.#home;
    });
    this.#changing = turn.catch(() => undefined);
    return turn;
  }

  /** A call of the peer. @throws LOCKED while it is not open, also when it was locked meanwhile: nobody knows then whether it was done */
  async ask(name: string, input: unknown): Promise<unknown> {
    const { api } = this.#demandOpen();
    const shut = this.#shut;
    const call = Object.hasOwn(peerContract.calls, name) ? api[name as keyof typeof peerContract.calls] : null;
    if (call === null) throw new SottoError('BAD_INPUT', 'There is no such call.');
    const output = await (call as (input: unknown) => Promise<unknown>)(input);
    if (shut !== this.#shut) throw new SottoError('LOCKED');
    return output;
  }

  /** The peer for the host's own needs, also while the windows are locked; null while there is none. */
  get peer(): OpenHome['api'] | null {
    return this.#open?.api ?? null;
  }

  /** Lets go of the home, in order. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#shut += 1;
    // What is being opened is given up; what is open lets those whom it serves finish first.
    if (this.#open === null) this.#stop.abort();
    await this.#working?.catch(() => undefined);
    await this.#open?.close();
    this.#open = null;
  }

  async #unlock(passphrase: string | null): Promise<void> {
    const { engine, home, slots } = this.#need;
    if (!engine.homeExists(home)) throw new SottoError('NO_HOME');
    this.#set({ state: 'opening', reason: null });
    try {
      if (this.#open !== null || (this.#mustType && passphrase === null)) await slots.verify(passphrase);
      const kinds = await slots.kinds();
      // Asked last: the way to the home may have been lost meanwhile.
      if (this.#open === null) return await this.#enter(await slots.open(passphrase));
      this.#set({ state: 'open', slots: kinds });
    } catch (error) {
      this.#isUnfinished = isSottoError(error, 'NO_HOME');
      if (isSottoError(error, 'WRONG_PASSPHRASE')) this.#set({ state: 'locked' });
      else if (this.#isUnfinished) this.#set({ state: 'none', slots: NO_SLOTS });
      else this.#fail(error);
      throw error;
    }
  }

  async #enter(keys: VaultKeys): Promise<void> {
    if (this.#closed) throw new SottoError('CLOSED');
    const { engine, clock, home, listen, lan, slots } = this.#need;
    // Read before it is open: a file that cannot be read must not leave it open and said to have failed.
    const kinds = await slots.kinds();
    this.#stop = new AbortController();
    const open = await OpenHome.open(
      {
        clock,
        options: { home, passphrase: null, keys, listen, lan, online: false },
        openPeer: (options) => engine.openPeer(options),
        changedHands: (shared) => this.#tell({ shared }),
        onFault: (fault) => this.#need.onFault(fault),
      },
      this.#stop,
    );
    if (this.#closed) {
      await open.close();
      throw new SottoError('CLOSED');
    }
    this.#open = open;
    open.failed.catch((error: unknown) => this.#lost(open, error));
    open.api.onEvent((event) => this.#need.happened(event));
    this.#set({ state: 'open', shared: open.shared, slots: kinds });
    open.goOnline();
  }

  /** There is no way to the home any more: its owner went, and it could not be taken over. */
  #lost(open: OpenHome, error: unknown): void {
    if (this.#open !== open || this.#closed) return;
    this.#open = null;
    void open.close().catch(() => undefined);
    this.#shut += 1;
    this.#fail(error);
  }

  async #work(task: () => Promise<void>): Promise<Home> {
    this.#working = task().then(() => {
      this.#mustType = false;
      return this.#home;
    });
    try {
      return await this.#working;
    } finally {
      this.#working = null;
    }
  }

  async #lookAtKeyring(): Promise<void> {
    if (this.#need.keyring === null) return;
    const keyring = await this.#need.keyring.state();
    if (JSON.stringify(keyring) !== JSON.stringify(this.#home.keyring)) this.#set({ keyring });
  }

  /** What should have opened it by itself did not. */
  #sayLocked(error: unknown): void {
    if (this.#home.state === 'locked' && error instanceof SottoError) this.#set({ reason: error.code });
  }

  #demandOpen(): OpenHome {
    if (this.#home.state !== 'open' || this.#open === null) throw new SottoError('LOCKED');
    return this.#open;
  }

  #shutOut(part: Partial<Home>): void {
    this.#shut += 1;
    this.#mustType = true;
    this.#set(part);
  }

  #fail(error: unknown): void {
    this.#need.onFault(error);
    this.#set({ state: 'failed', reason: error instanceof SottoError ? error.code : 'INTERNAL' });
  }

  /** Tells only what is news. */
  #set(part: Partial<Home>): void {
    if (JSON.stringify({ ...this.#home, ...part }) !== JSON.stringify(this.#home)) this.#tell(part);
  }

  #tell(part: Partial<Home>): void {
    this.#home = { ...this.#home, ...part };
    if (!this.#closed) this.#need.changed(this.#home);
  }
}
