import { expect, test } from 'vitest';
import { type Turn, Turns } from './turns.ts';

/** Takes turns that are over at once, and tells in which order they came. */
async function orderOf(turns: Turns, taken: Readonly<Record<string, Turn>>): Promise<string> {
  const order: string[] = [];
  await Promise.all(
    Object.entries(taken).map(async ([name, { come }]) => {
      const end = await come;
      order.push(name);
      end();
    }),
  );
  await turns.over();
  return order.join(' ');
}

test('turns come one at a time, in the order they were asked for', async () => {
  const turns = new Turns();
  const end = await turns.take().come;
  const second = turns.take();
  let hasCome = false;
  void second.come.then(() => {
    hasCome = true;
  });
  await Promise.resolve();
  expect(hasCome).toBe(false);
  end();
  expect(await orderOf(turns, { second, third: turns.take() })).toBe('second third');
});

test('the patient let others pass, one after the other but never two', async () => {
  const turns = new Turns();
  const end = await turns.take(true).come;
  const waiting = { p1: turns.take(true), p2: turns.take(true), u1: turns.take(), u2: turns.take() };
  const last = { u3: turns.take() };
  end();
  expect(await orderOf(turns, { ...waiting, ...last })).toBe('u1 p1 u2 p2 u3');
});

test('a patient one that somebody begins to wait for goes before the other patient ones', async () => {
  const turns = new Turns();
  const end = await turns.take(true).come;
  const waiting = { p1: turns.take(true), p2: turns.take(true) };
  waiting.p2.hurry();
  end();
  // Hurrying afterwards changes nothing.
  const order = orderOf(turns, waiting);
  waiting.p2.hurry();
  expect(await order).toBe('p2 p1');
});

test('one that was passed and then hurries has its turn all the same', async () => {
  const turns = new Turns();
  const end = await turns.take().come;
  const [passed, passing] = [turns.take(true), turns.take()];
  end();
  const endPassing = await passing.come;
  passed.hurry();
  endPassing();
  expect(await orderOf(turns, { passed })).toBe('passed');
});

test('it is over when all have had their turn, and those they led to', async () => {
  const turns = new Turns();
  let ended = 0;
  const again = async (times: number): Promise<void> => {
    const end = await turns.take(times % 2 === 0).come;
    ended++;
    if (times > 0) void again(times - 1);
    end();
  };
  void again(5);
  await turns.over();
  expect(ended).toBe(6);
});
