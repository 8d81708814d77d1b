// Steps of a journey with their times, and the checks every step gets. It knows no page.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shot } from './shots.mjs';

/** Runs one journey to its end or its first failure. Returns its record. */
export async function walk(world, module) {
  const journey = { name: module.name, title: module.title, steps: [], shots: [], notes: [], silent: [], ok: true, ms: 0 };
  const start = Date.now();
  Object.assign(world, { journey, open: [], current: null });
  const limit = module.limit ?? 120_000;
  let timer;
  try {
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`no terminó en ${limit / 1000} s`)), limit);
    });
    await Promise.race([module.run(world, stepper(world)), late]);
    listen(world);
    if (journey.silent.length) throw new Error(`fallas calladas:\n      ${journey.silent.join('\n      ')}`);
  } catch (error) {
    journey.ok = false;
    journey.error = error.message;
    journey.at = journey.steps.at(-1)?.text;
    journey.silent.forEach((fault) => { if (!error.message.includes(fault)) journey.error += `\n      además, ${fault}`; });
    await picture(world, journey);
  } finally {
    clearTimeout(timer);
    for (const context of world.open) await context.close().catch(() => {});
    journey.ms = Date.now() - start;
  }
  return journey;
}

/** `step(text, work)`: does a piece of the journey, keeps its time, and looks for silent faults. */
function stepper(world) {
  return async (text, work) => {
    const start = Date.now();
    const step = { text, ms: 0, ok: false };
    world.journey.steps.push(step);
    const value = await work();
    listen(world);
    Object.assign(step, { ms: Date.now() - start, ok: true });
    return value;
  };
}

/** Keeps what went wrong unseen: the journey goes on, and fails at its end. */
function listen(world) {
  for (const page of pages(world)) {
    try {
      page.watch?.check();
    } catch (error) {
      const step = world.journey.steps.at(-1)?.text ?? '';
      world.journey.silent.push(`${step}: ${error.message.split('\n').slice(1).join('; ')}`);
    }
  }
}

function pages(world) {
  return world.open.flatMap((context) => {
    try { return context.pages(); } catch { return []; }
  });
}

/** What the person had in front when it failed. */
async function picture(world, journey) {
  const folder = join(world.out, 'fallas');
  mkdirSync(folder, { recursive: true });
  for (const [i, page] of pages(world).slice(-2).entries()) {
    try {
      const base = join(folder, `${journey.name}-${i}`);
      await shot(page, `${base}.webp`);
      writeFileSync(`${base}.html`, await page.content());
      journey.steps.at(-1).page = page.url();
      journey.shots.push({ name: `falla ${i}`, files: [`fallas/${journey.name}-${i}.webp`] });
    } catch { /* The page is gone; the message stays. */ }
  }
}

/** Fails with a sentence. */
export function must(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

/** Fails unless both are the same, and says both. */
export function same(seen, wanted, what) {
  if (seen !== wanted) throw new Error(`${what}: se esperaba «${wanted}» y hay «${seen}»`);
}
