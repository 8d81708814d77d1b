// The pages of the design's list that exist, seen by Lighthouse as on a phone.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchShared } from '../lib/browser.mjs';
import { scores } from '../lib/lighthouse.mjs';
import { account, signIn } from '../lib/people.mjs';

export const name = 'lighthouse';
export const title = 'Lighthouse: mediana de tres en las páginas que existen de la lista';
export const limit = 400_000;

const STRICT = 98;
// The machine of the checks is shared; on an idle one the score is 98 or more.
const PERFORMANCE = 95;

export async function run(world, step) {
  const bad = [];
  const port = 20_000 + (process.pid % 20_000);
  const folder = mkdtempSync(join(tmpdir(), 'ramal-lighthouse-'));
  const shared = await launchShared(folder, port, world.url);
  world.open.push(shared);
  const measure = (path) => step(path, async () => {
    const got = await scores(port, new URL(path, world.url).href);
    world.journey.notes.push(`${path}: rendimiento ${got.performance}, accesibilidad ${got.accessibility}, `
      + `buenas prácticas ${got['best-practices']}, SEO ${got.seo}${got.failed.length ? ` · ${got.failed.join('; ')}` : ''}`);
    for (const id of ['accessibility', 'best-practices', 'seo']) {
      if (got[id] < STRICT) bad.push(`${path}: ${id} ${got[id]} < ${STRICT}`);
    }
    if (got.performance < PERFORMANCE) bad.push(`${path}: performance ${got.performance} < ${PERFORMANCE}`);
  });
  try {
    for (const path of ['/', '/entrar']) await measure(path);
    const page = await shared.newPage();
    await signIn(page, account(world, 'administrador'));
    const run = await lastRun(page);
    await page.close();
    for (const path of [run, '/admin']) await measure(path);
  } finally {
    await shared.close();
    rmSync(folder, { recursive: true, force: true });
  }
  if (bad.length) throw new Error(bad.join('\n'));
}

/** Address of the newest billing run. */
async function lastRun(page) {
  await page.goto('/facturacion/corridas');
  const links = await page.evaluate(() => [...document.querySelectorAll('main table a[href^="/facturacion/corridas/"]')]
    .map((a) => a.getAttribute('href')));
  return links[0] ?? '/facturacion/corridas';
}
