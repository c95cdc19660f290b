// Alice's window keeps a line to her engine: made again when it breaks, quickly while she looks, not at all while she does not.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Carrier, Ending } from '../../core/carrier/carrier.ts';
import { fateOf } from '../../desktop/ui/app/engine-fate.ts';
import type { LineState } from '../../desktop/ui/app/engine-line.ts';
import { HUNG_MS, LONG_MS, SteadyLine } from '../../desktop/ui/app/steady-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An engine's end: what was asked, and the line's end. */
class End {
  readonly asked: string[] = [];
  readonly #ending = new Ending();
  #tell: (frame: unknown) => void = () => {};
  readonly carrier: Carrier = {
    send: (frame) => {
      const { id, name } = JSON.parse(frame) as { id: number; name: string };
      this.asked.push(name);
      if (name === 'active') this.#tell(JSON.stringify({ kind: 'res', id, output: {} }));
    },
    onFrame: (listener) => {
      this.#tell = listener;
    },
    onClose: (listener) => this.#ending.listen(listener),
    close: () => void this.#ending.happen(),
  };

  tell(event: unknown): void {
    this.#tell(JSON.stringify({ kind: 'evts', events: [event] }));
  }
}

/** A window whose engine is there whenever `ends` has one more. */
function alice(ends: End[]) {
  const page = { seen: true, tries: 0, wake: () => {} };
  const line = new SteadyLine(
    async () => {
      page.tries += 1;
      return ends.shift()?.carrier ?? null;
    },
    {
      isSeen: () => page.seen,
      onWake: (listener) => {
        page.wake = listener;
      },
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
  );
  return { line, page };
}

describe('the line', () => {
  test('is lost when the engine ends, and there again on the next one: same calls, same listeners', async () => {
    const [first, second] = [new End(), new End()];
    const { line } = alice([first, second]);
    const heard: string[] = [];
    line.api.onEvent((event) => void heard.push(event.event));
    await vi.advanceTimersByTimeAsync(0);
    expect(line.state.get()).toBe('connected');
    await line.api.active({});
    first.carrier.close();
    expect(line.state.get()).toBe('lost');
    await expect(line.api.active({})).rejects.toMatchObject({ code: 'CLOSED' });
    await vi.advanceTimersByTimeAsync(10);
    expect(line.state.get()).toBe('connected');
    await line.api.active({});
    second.tell({ event: 'link', link: 'sotto:invite/x' });
    expect([first.asked, second.asked, heard]).toEqual([['active'], ['active'], ['link']]);
  });

  test('rejects what was asked when it broke, so that nobody waits for ever', async () => {
    const end = new End();
    const { line } = alice([end]);
    await vi.advanceTimersByTimeAsync(0);
    const waiting = expect(line.api.home({})).rejects.toMatchObject({ code: 'CLOSED' });
    end.carrier.close();
    await waiting;
  });

  test('is tried again ever more slowly, counts its tries, and begins anew when the device wakes', async () => {
    const { line, page } = alice([]);
    await vi.advanceTimersByTimeAsync(60_000);
    const tries = page.tries;
    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(20);
    expect([line.state.get(), line.tries.get()]).toEqual(['connecting', tries]);
    page.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(page.tries).toBe(tries + 1);
  });

  test('is not tried while nobody looks, and no timer runs then', async () => {
    const end = new End();
    const ends = [end];
    const { line, page } = alice(ends);
    await vi.advanceTimersByTimeAsync(0);
    page.seen = false;
    end.carrier.close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect([page.tries, vi.getTimerCount()]).toEqual([2, 0]);
    page.seen = true;
    ends.push(new End());
    page.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(line.state.get()).toBe('connected');
  });
});

describe('an engine that does not answer', () => {
  test('is asked whether it is there when something takes long; that it hangs is said until it answers or ends', async () => {
    const end = new End();
    const { line } = alice([end]);
    await vi.advanceTimersByTimeAsync(0);
    line.api.sync({ timeoutMs: 1 }).catch(() => {});
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect([end.asked, line.hung.get()]).toEqual([['sync', 'home'], false]);
    await vi.advanceTimersByTimeAsync(HUNG_MS);
    expect(line.hung.get()).toBe(true);
    end.carrier.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(line.hung.get()).toBe(false);
  });

  test('costs no timer while nothing is awaited', async () => {
    const { line } = alice([new End()]);
    await vi.advanceTimersByTimeAsync(0);
    await line.api.active({});
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a tab that was never let in is told so within a second; an engine that ran is hoped for half a minute', () => {
  const told = (line: LineState, isDesktop: boolean) => [1, 2, 3, 7, 8].map((tries) => fateOf(line, tries, isDesktop));
  expect(told('connecting', false)).toEqual(['awaited', 'awaited', 'unknown', 'unknown', 'unknown']);
  expect(told('lost', false)).toEqual(['awaited', 'awaited', 'awaited', 'awaited', 'gone']);
  expect(told('connecting', true)).toEqual(['awaited', 'awaited', 'awaited', 'awaited', 'gone']);
  expect(fateOf('connected', 99, false)).toBe('awaited');
});
