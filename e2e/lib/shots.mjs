// Screenshots: the same state in both themes and both sizes, as small WebP files. It judges nothing:
// people look at them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DESK, PHONE } from './browser.mjs';

const TALLEST = 2400;

/**
 * One screenshot of the whole page as it is. The window is made as tall as the page, so that a bar
 * fixed at the bottom is not drawn in the middle.
 */
export async function shot(page, file) {
  const session = await page.context().newCDPSession(page);
  const size = page.viewportSize();
  try {
    const tall = await page.evaluate(() => document.documentElement.scrollHeight);
    const height = Math.min(Math.max(tall, size.height), TALLEST);
    if (height > size.height) await page.setViewportSize({ width: size.width, height });
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 45 });
    writeFileSync(file, Buffer.from(data, 'base64'));
  } finally {
    await page.setViewportSize(size).catch(() => {});
    await session.detach().catch(() => {});
  }
}

/** Screenshots in light and dark, 360 and 1366 px, and the page left as it was. */
export async function fourShots(world, page, name) {
  const before = page.viewportSize();
  const folder = join(world.out, world.journey.name);
  mkdirSync(folder, { recursive: true });
  const made = [];
  for (const size of [DESK, PHONE]) {
    await page.setViewportSize(size);
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme });
      const file = `${name}-${size.width}-${theme === 'light' ? 'claro' : 'oscuro'}.webp`;
      await shot(page, join(folder, file));
      made.push(`${world.journey.name}/${file}`);
    }
    await fits(page, `${name} a ${size.width} px`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(before);
  world.journey.shots.push({ name, files: made });
  return made;
}

/** Fails if the page scrolls sideways. */
export async function fits(page, what) {
  const over = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return null;
    const right = document.documentElement.clientWidth;
    const scrolls = (e) => {
      for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX)) return true;
      }
      return false;
    };
    const culprits = [...document.body.querySelectorAll('*')]
      .filter((e) => e.getBoundingClientRect().right > right + 1 && !scrolls(e));
    const names = culprits.slice(0, 3).map((e) => `${e.tagName.toLowerCase()}.${e.className}`);
    return `${wide} px de más: ${names.join(', ')}`;
  });
  if (over) throw new Error(`${what}: la página se desplaza de costado (${over})`);
}
