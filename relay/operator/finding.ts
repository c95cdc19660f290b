// What a look of the doctor found.

/** One finding; something WRONG keeps the relay from doing its work, a note is for whoever wants it right. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'note' | 'WRONG';
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}
