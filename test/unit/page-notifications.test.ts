// Notifications in a browser: while nobody looks, one at a time, and no more than the engine let out.
import { expect, test } from 'vitest';
import type { Notice } from '../../core/window-api.ts';
import { type Desk, Notifications } from '../../desktop/ui/app/notifications.ts';

const BOB = 'b0'.repeat(32);
const fromBob: Notice = { kind: 'message', account: BOB, name: 'Bob', text: null, count: 1 };

function aDesk(allowed = true) {
  const shown: { readonly title: string; readonly body: string; click(): void; gone: boolean }[] = [];
  let isLooked = false;
  const desk: Desk = {
    isLooked: () => isLooked,
    show(title, body, clicked) {
      if (!allowed) return null;
      const one = { title, body, click: clicked, gone: false };
      shown.push(one);
      return () => {
        one.gone = true;
      };
    },
  };
  const opened: string[] = [];
  const notifications = new Notifications(desk, (account) => opened.push(account));
  const look = (value: boolean) => {
    isLooked = value;
  };
  return { notifications, shown, opened, look };
}

test('says who wrote while nobody looks, and the words only where the engine let them out', () => {
  const { notifications, shown } = aDesk();
  notifications.show(fromBob, 'New message');
  notifications.show({ ...fromBob, text: 'Are you there?' }, 'New message');
  notifications.show({ ...fromBob, name: null }, 'New message');
  expect(shown.map(({ title, body }) => [title, body])).toEqual([
    ['Bob', 'New message'],
    ['Bob', 'Are you there?'],
    ['Sotto', 'New message'],
  ]);
});

test('says nothing to somebody who looks at the window', () => {
  const { notifications, shown, look } = aDesk();
  look(true);
  notifications.show(fromBob, 'New message');
  expect(shown).toEqual([]);
});

test('shows one at a time, and none once somebody looks', () => {
  const { notifications, shown } = aDesk();
  notifications.show(fromBob, 'New message');
  notifications.show(fromBob, 'New message');
  expect(shown.map(({ gone }) => gone)).toEqual([true, false]);
  notifications.clear();
  notifications.clear();
  expect(shown.map(({ gone }) => gone)).toEqual([true, true]);
});

test('opens the conversation when it is clicked, and is gone', () => {
  const { notifications, shown, opened } = aDesk();
  notifications.show(fromBob, 'New message');
  shown[0]?.click();
  expect(opened).toEqual([BOB]);
  expect(shown[0]?.gone).toBe(true);
});

test('goes on in silence where the person allowed none', () => {
  const { notifications, opened } = aDesk(false);
  notifications.show(fromBob, 'New message');
  notifications.clear();
  expect(opened).toEqual([]);
});
