// The window of messages of an opened conversation, fed by the engine's events for as long as it is open.
import { useEffect, useState } from 'react';
import type { Client } from '../app/client.ts';
import { pageFrames } from '../app/page-frames.ts';
import { MessageWindow } from './message-window.ts';

/** How long events may leave the order of those that wait open before it is asked for, ms: a burst is asked for once. */
const SETTLE_MS = 400;

/** A window of the conversation with `account`. @param conversation its id; null while there is none */
export function useMessageWindow(client: Client, account: string, conversation: string | null): MessageWindow {
  const [pages] = useState(() => new MessageWindow(client.api, account, conversation, pageFrames));
  useEffect(() => {
    if (!pages.get().opened) void pages.open();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const settle = () => {
      timer = null;
      void pages.settle();
    };
    const stops = [
      client.onEvent((event) => {
        if (event.event === 'message' || event.event === 'state') pages.take(event.message, event.event === 'message');
      }),
      pages.subscribe(() => {
        if (pages.isDoubtful) timer ??= setTimeout(settle, SETTLE_MS);
      }),
      // Whatever happened while the engine was away was told to nobody.
      client.line.subscribe(() => {
        if (client.line.get() === 'connected') void pages.refresh();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, pages]);
  useEffect(() => void pages.know(conversation), [pages, conversation]);
  return pages;
}
