// Hands the client to every component.
import { createContext, type ReactNode, useContext } from 'react';
import type { Client } from './client.ts';

const Context = createContext<Client | null>(null);

/** The client of this window. */
export function useClient(): Client {
  const client = useContext(Context);
  if (client === null) throw new Error('useClient outside of ClientProvider');
  return client;
}

/** Gives `client` to everything inside. */
export function ClientProvider({ client, children }: { readonly client: Client; readonly children: ReactNode }) {
  return <Context value={client}>{children}</Context>;
}
