// What somebody hears who does not see the page: rows of messages, what is busy, and what goes wrong.
import { join } from 'node:path';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../core/api.ts';
import type { Row } from '../../desktop/ui/conversation/grouping.ts';
import type { MessageActions } from '../../desktop/ui/conversation/message-actions.ts';
import { words } from '../../desktop/ui/words/use-words.ts';

// By path: the page's components are typed with the page (tsc -p desktop/ui), which has a browser; tests have none.
const UI = join(import.meta.dirname, '../../desktop/ui');
const { Bubble, nameOfRow } = await import(`${UI}/conversation/bubble.tsx`);
const { Banner } = await import(`${UI}/design/banner.tsx`);
const { Button } = await import(`${UI}/design/button.tsx`);

const message: Message = {
  id: 'a1',
  conversation: 'c1',
  direction: 'out',
  from: 'alice',
  text: 'And the small lamp.',
  sentAt: new Date(2026, 10, 20, 14, 5).getTime(),
  storedAt: null,
  epoch: 1,
  seq: 3,
  state: 'read',
  reason: null,
  provisional: false,
};
const nothing = () => {};
const actions: MessageActions = {
  t: (key, values) => words.t(key, { ns: 'conversation', ...values }),
  language: 'de',
  name: 'Bob',
  today: message.sentAt,
  copy: nothing,
  retry: nothing,
  showDetail: nothing,
  openLink: nothing,
};

/** What a row is called by: the words of everything its name points to, without what is hidden from who listens. */
function heard(change: Partial<Message>, row: Partial<Row>): string {
  const whole: Row = { message: { ...message, ...change }, day: null, unread: false, first: false, last: false, ...row };
  const markup = renderToStaticMarkup(createElement(Bubble, { row: whole, actions }));
  const parts = nameOfRow(message.id).split(' ');
  for (const id of parts) expect(markup).toContain(`id="${id}"`);
  return markup
    .replace(/<(?<tag>time|svg|span)[^>]*aria-hidden="true".*?<\/\k<tag>>/g, '')
    .replace(/<svg[^>]*aria-label="([^"]*)".*?<\/svg>/g, ' $1 ')
    .replace(/<button.*?<\/button>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('a message is heard as who, when, its words and its state', () => {
  test('of Alice within a group, where nothing of it but the words is seen', () => {
    expect(heard({}, {})).toBe('You, 14:05: And the small lamp. Read');
  });

  test('of Alice at the end of a group, and nothing twice', () => {
    expect(heard({ state: 'queued' }, { last: true })).toBe('You, 14:05: And the small lamp. Waiting to be sent');
  });

  test('of Bob', () => {
    expect(heard({ direction: 'in', from: 'bob' }, {})).toBe('Bob, 14:05: And the small lamp.');
  });
});

test('what is busy says so and keeps the focus, for a disabled button would lose it', () => {
  const markup = renderToStaticMarkup(createElement(Button, { busy: true }, 'Unlock'));
  expect(markup).toContain('aria-busy="true"');
  expect(markup).toContain('aria-disabled="true"');
  expect(markup).not.toMatch(/\sdisabled/);
});

test('a fault that appears is said before all else, its words without its buttons', () => {
  const action = createElement(Button, {}, 'Try again');
  const markup = renderToStaticMarkup(createElement(Banner, { tone: 'bad', live: true, action }, 'It failed.'));
  expect(/role="alert".*?<button/.exec(markup)?.[0]).toMatch(/It failed\.<\/div><\/div>/);
});
