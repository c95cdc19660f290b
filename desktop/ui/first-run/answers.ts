// What a person answers in the first run, and what each of its steps is given.

/** See above. */
export interface Answers {
  readonly name: string;
  readonly lock: 'passphrase' | 'none';
  readonly passphrase: string;
  readonly again: string;
  /** The system's keyring opens it too. */
  readonly keyring: boolean;
  readonly relayFrom: 'given' | 'here' | 'later';
  /** As it is sent to the engine. */
  readonly relay: string;
  /** As it was pasted. */
  readonly relayTyped: string;
}

/** Nothing answered. */
export const NO_ANSWERS: Answers = {
  name: '',
  lock: 'passphrase',
  passphrase: '',
  again: '',
  keyring: true,
  relayFrom: 'given',
  relay: '',
  relayTyped: '',
};

/** What every step takes. */
export interface StepProps {
  readonly answers: Answers;
  change(part: Partial<Answers>): void;
  onBack(): void;
  onNext(): void;
}
