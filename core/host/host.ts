// The engine's owner for windows: one contract that all windows of a home share. Opens, locks, runs a relay, says what came in.
import { openCalls, type PeerEvent } from '../api.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { openPeer } from '../index.ts';
import { homeExists, makeHome } from '../peer/home.ts';
import type { KeyringDoor } from '../store/keyring.ts';
import type { ScryptCost } from '../store/slot.ts';
import type { Home, Notice, Preferences, WindowApi, WindowEvent, windowCalls } from '../window-api.ts';
import { IdleLock } from './idle-lock.ts';
import { Keeper, type KeptEngine } from './keeper.ts';
import { KeySlots } from './key-slots.ts';
import { inTime } from './keyring-wait.ts';
import { LocalRelay, type RelayStarter } from './local-relay.ts';
import { Notices } from './notices.ts';
import { PreferencesFile } from './preferences.ts';
import { folderBytes } from './storage.ts';

export type { KeyringDoor, KeyringState } from '../store/keyring.ts';
export type { RelayStarter, RunningRelay } from './local-relay.ts';

/** What a host is made of. */
export interface HostOptions {
  /** Absolute; see homeFolder. */
  readonly home: string;
  /** Multiaddrs to listen on for direct connections. */
  readonly listen?: readonly string[];
  /** Looks for contacts on the local network, and is seen there. */
  readonly lan?: boolean;
  /** The system's keyring; null where nobody can ask for it (a browser). */
  readonly keyring: KeyringDoor | null;
  /** True in the desktop. */
  readonly desktop: boolean;
  /** What starts a relay on this machine; null: none can be run. */
  readonly relay: RelayStarter | null;
  /** Every event that the windows are told; for the shell around them, which is none. */
  readonly onEvent?: (event: WindowEvent) => void;
  /** Something came in that a person should see, as far as they asked for it. Left out: the windows are told, and show it themselves. */
  readonly onNotice?: (notice: Notice) => void;
  /** For a log: code and sentence only. */
  readonly onFault?: (fault: SottoError) => void;
  /** For tests. */
  readonly clock?: Clock;
  readonly engine?: KeptEngine;
  readonly cost?: ScryptCost;
}

/** A running host. */
export interface Host {
  /** One for all windows: served to each over a carrier of its own. */
  readonly api: WindowApi;
  /** An invite link was opened outside. Kept for the first window where none listens yet; nothing is done with it here. */
  link(link: string): void;
  /** A notification was clicked: the windows there are show what there is of this account. */
  show(account: string): void;
  /** Everything down in order; the relay too. */
  close(): Promise<void>;
}

/** Longest link taken from outside, UTF-16 units; as the contract has it. */
const MAX_LINK_CHARS = 4_096;

/** Starts a host. It waits neither for the home to open nor for the network: `home` is answered at once, and the event `home` tells the rest. */
export async function openHost(options: HostOptions): Promise<Host> {
  const host = new RunningHost(options);
  await host.begin();
  return host;
}

class RunningHost implements Host {
  readonly api: WindowApi;
  readonly #options: HostOptions;
  readonly #listeners = new Set<(event: WindowEvent) => void>();
  readonly #preferences: PreferencesFile;
  readonly #keyring: KeyringDoor | null;
  readonly #keeper: Keeper;
  readonly #idle: IdleLock;
  readonly #notices: Notices;
  readonly #relay: LocalRelay;
  #wasOpen = false;
  #couldLock = false;
  #link: string | null = null;

  constructor(options: HostOptions) {
    const clock = options.clock ?? systemClock;
    const { home, desktop, relay } = options;
    const onFault = (fault: unknown) => this.#fault(fault);
    this.#options = options;
    this.#keyring = options.keyring === null ? null : inTime(options.keyring);
    this.#preferences = new PreferencesFile(home);
    this.#relay = new LocalRelay({ home, starter: relay, clock, onFault });
    this.#idle = new IdleLock(clock, () => void this.#keeper.lock().catch(onFault));
    this.#keeper = new Keeper({
      home,
      desktop,
      clock,
      onFault,
      listen: options.listen ?? [],
      lan: options.lan ?? false,
      keyring: this.#keyring,
      slots: new KeySlots(home, this.#keyring, options.cost),
      engine: options.engine ?? { homeExists, makeHome, openPeer },
      changed: (next) => this.#changed(next),
      happened: (event) => this.#happened(event),
    });
    this.#notices = new Notices({
      clock,
      level: () => this.#preferences.value.notifications,
      isLocked: () => this.#keeper.home.state !== 'open',
      contacts: async () => (await this.#keeper.peer?.contacts({})) ?? [],
      tell: (notice) => (options.onNotice === undefined ? this.#tell({ event: 'notice', notice }) : options.onNotice(notice)),
    });
    this.api = this.#makeApi();
  }

  async begin(): Promise<void> {
    await this.#preferences.load((fault) => this.#fault(fault));
    await this.#keeper.begin();
  }

  link(link: string): void {
    if (link.length > MAX_LINK_CHARS) return;
    if (this.#listeners.size === 0) this.#link = link;
    else this.#tell({ event: 'link', link });
  }

  show(account: string): void {
    this.#tell({ event: 'show', account });
  }

  async close(): Promise<void> {
    this.#idle.rest();
    this.#notices.forget();
    // The relay goes also when the home did not close well.
    await this.#keeper.close().finally(() => this.#relay.close());
  }

  #makeApi(): WindowApi {
    const asked = Object.keys(openCalls).map((name) => [name, (input: unknown) => this.#keeper.ask(name, input)]);
    return { ...Object.fromEntries(asked), ...this.#windowCalls(), onEvent: (listener) => this.#listen(listener) } as WindowApi;
  }

  #windowCalls() {
    const keeper = this.#keeper;
    return {
      home: async () => keeper.home,
      createHome: ({ name, passphrase, keyring }) => this.#createHome(name, passphrase, keyring),
      unlock: ({ passphrase }) => keeper.unlock(passphrase),
      lock: () => keeper.lock(),
      active: async () => {
        this.#idle.active();
        return {};
      },
      changePassphrase: ({ from, to }) =>
        keeper.changeSlots((slots) => (to === null ? slots.removePassphrase(from) : slots.setPassphrase(from, to))),
      useKeyring: ({ on, passphrase }) => keeper.changeSlots((slots) => (on ? slots.addKeyring(passphrase) : slots.removeKeyring())),
      preferences: async () => this.#preferences.value,
      setPreferences: async (part) => {
        this.#demandMayWeaken(part as Partial<Preferences>);
        const next = await this.#preferences.set(part as Partial<Preferences>);
        if (part.lockAfterMs !== undefined) this.#watch(keeper.home);
        this.#tell({ event: 'preferences', preferences: next });
        return next;
      },
      localRelay: async () => this.#relay.state,
      startLocalRelay: () => this.#startRelay(),
      stopLocalRelay: async () => {
        this.#demandOpen();
        await this.#relay.stop();
        return this.#relay.state;
      },
      storage: async () => ({ folder: this.#options.home, bytes: await folderBytes(this.#options.home) }),
    } satisfies { readonly [N in keyof typeof windowCalls]: WindowApi[N] };
  }

  async #createHome(name: string, passphrase: string | null, useKeyring: boolean): Promise<Home> {
    if (useKeyring && this.#keyring === null) throw new SottoError('BAD_INPUT', 'There is no keyring here.');
    const { cost } = this.#options;
    return this.#keeper.make({
      name,
      passphrase,
      ...(useKeyring && this.#keyring !== null ? { keyring: this.#keyring } : {}),
      ...(cost === undefined ? {} : { cost }),
    });
  }

  async #startRelay() {
    this.#demandOpen();
    const relay = await this.#relay.start();
    return this.#keeper.ask('addRelay', { relay }) as ReturnType<WindowApi['addRelay']>;
  }

  /** Whoever sits before a lock may choose how it looks, not how long it holds or what is said past it. */
  #demandMayWeaken({ lockAfterMs, notifications }: Partial<Preferences>): void {
    if (this.#keeper.home.state !== 'none' && (lockAfterMs !== undefined || notifications !== undefined)) this.#demandOpen();
  }

  #demandOpen(): void {
    if (this.#keeper.home.state !== 'open') throw new SottoError('LOCKED');
  }

  #listen(listener: (event: WindowEvent) => void): () => void {
    // A listener of its own for each call: the same function may listen twice and stop once.
    const own = (event: WindowEvent) => listener(event);
    this.#listeners.add(own);
    if (this.#link !== null) {
      const link = this.#link;
      this.#link = null;
      queueMicrotask(() => own({ event: 'link', link }));
    }
    return () => void this.#listeners.delete(own);
  }

  #happened(event: PeerEvent): void {
    this.#notices.take(event);
    if (this.#keeper.home.state === 'open') this.#tell(event);
  }

  #changed(home: Home): void {
    const isOpen = home.state === 'open';
    const canLock = isOpen && home.slots.passphrase;
    if (canLock !== this.#couldLock) {
      this.#couldLock = canLock;
      this.#watch(home);
    }
    if (isOpen !== this.#wasOpen) {
      this.#wasOpen = isOpen;
      // Also while another process owns the home: it may know nothing of this relay.
      if (isOpen) void this.#relay.begin();
    }
    this.#tell({ event: 'home', home });
  }

  #watch(home: Home): void {
    if (home.state === 'open' && home.slots.passphrase) this.#idle.watch(this.#preferences.value.lockAfterMs);
    else this.#idle.rest();
  }

  #tell(event: WindowEvent): void {
    const shell = this.#options.onEvent;
    for (const listener of shell === undefined ? this.#listeners : [shell, ...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#fault(error);
      }
    }
  }

  #fault(fault: unknown): void {
    this.#options.onFault?.(fault instanceof SottoError ? new SottoError(fault.code, fault.message) : new SottoError('INTERNAL'));
  }
}
