// The pages of the design's list that exist, seen by Lighthouse as on a phone.

import { scores } from '../lib/lighthouse.mjs';
import { signedIn } from '../lib/people.mjs';

export const name = 'lighthouse';
export const title = 'Lighthouse: mediana de tres en las páginas que existen de la lista';
export const limit = 400_000;

const STRICT = 98;
// The machine of the checks is shared; on an idle one the score is 98 or more.
const PERFORMANCE = 95;

export async function run(world, step) {
  const bad = [];
  const page = await signedIn(world, 'administrador');
  const run = await lastRun(page);
  const cookies = await page.context().cookies();
  const cookie = cookies.map((c) => `${c.name}=${c.value}`).join('; ');
  await page.context().close();
  const paths = [['/', false], ['/entrar', false], [run, true], ['/admin', true]];
  for (const [path, staff] of paths) {
    await step(path, async () => {
      const got = await scores(world.port, new URL(path, world.url).href, staff ? cookie : null);
      world.journey.notes.push(`${path}: rendimiento ${got.performance}, accesibilidad ${got.accessibility}, `
        + `buenas prácticas ${got['best-practices']}, SEO ${got.seo}${got.failed.length ? ` · ${got.failed.join('; ')}` : ''}`);
      for (const id of ['accessibility', 'best-practices', 'seo']) {
        if (got[id] < STRICT) bad.push(`${path}: ${id} ${got[id]} < ${STRICT}`);
      }
      if (got.performance < PERFORMANCE) bad.push(`${path}: performance ${got.performance} < ${PERFORMANCE}`);
    });
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
