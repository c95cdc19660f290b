// The system's keyring as a home sees it: something that wraps a secret for this user of this computer, and that may be lost any day.

/** What a keyring is worth, now. */
export interface KeyringState {
  readonly available: boolean;
  /** As the system names it (`gnome-libsecret`, `kwallet6`, `basic_text`…); null where there is none. */
  readonly backend: string | null;
  /** False where everybody who reads this user's files can open it. */
  readonly strong: boolean;
}

/** The way to the keyring; whoever has none (a browser) has null in its place. */
export interface KeyringDoor {
  state(): Promise<KeyringState>;
  /** Wraps a secret; what it answers is kept in a file as it is, at most MAX_WRAPPED_CHARS. */
  seal(secret: Uint8Array): Promise<string>;
  /** The secret again; rejects when the keyring is lost, locked or another. */
  open(sealed: string): Promise<Uint8Array>;
}

/** Longest wrapped secret, UTF-16 units: 32 bytes in whatever a keyring makes of them, many times over. */
export const MAX_WRAPPED_CHARS = 4_096;
/** Longest name of a backend. */
export const MAX_BACKEND_CHARS = 64;
