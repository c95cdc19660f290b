// What a carrier can carry: any contract of calls and events with their schemas, that of a peer and that of a window alike.
import type * as v from 'valibot';

/** A contract: every call with the schemas of its input and its output, and the schema of every event. Plain JSON values only. */
export interface Contract {
  readonly calls: Readonly<Record<string, readonly [v.GenericSchema, v.GenericSchema]>>;
  readonly event: v.GenericSchema;
}

/** Name of a call of a contract. */
export type NameOf<C extends Contract> = keyof C['calls'] & string;

/** An event of a contract. */
export type EventOf<C extends Contract> = v.InferOutput<C['event']>;

/** A contract as functions: what is served at one end of a carrier, and what the other end is given. */
export type ApiOf<C extends Contract> = {
  readonly [N in keyof C['calls']]: (input: v.InferInput<C['calls'][N][0]>) => Promise<v.InferOutput<C['calls'][N][1]>>;
} & {
  /** Hands over every event from now on; the answer stops it. */
  onEvent(listener: (event: EventOf<C>) => void): () => void;
};
