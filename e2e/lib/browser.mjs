// The browser: Debian's chromium, one process for the whole run, a fresh context for each person.
// It downloads nothing and knows no page of Ramal.

import { chromium } from 'playwright-core';
import { existsSync } from 'node:fs';
import { Watch } from './watch.mjs';

export const DESK = { width: 1366, height: 768 };
export const PHONE = { width: 360, height: 740 };

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage',
  '--lang=es-MX', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Path of the browser: `CHROME_PATH`, or where Debian puts it. */
export function executable() {
  const found = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
  if (!found) throw new Error('no chromium: apt-get install -y chromium, or set CHROME_PATH');
  return found;
}

/** Starts the browser. */
export function launch() {
  return chromium.launch({ executablePath: executable(), args: FLAGS, headless: true });
}

/** Starts a browser with one context, on a debugging port, so that Lighthouse shares its cookies. */
export function launchShared(folder, port, url) {
  return chromium.launchPersistentContext(folder, {
    executablePath: executable(), headless: true, baseURL: url, viewport: DESK,
    args: [...FLAGS, `--remote-debugging-port=${port}`],
  });
}

// Layout shifts without a recent act of the person, added up since the page began.
const COUNT_SHIFTS = () => {
  globalThis.__shift = 0;
  globalThis.__shifted = [];
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        globalThis.__shift += entry.value;
        for (const source of entry.sources ?? []) {
          const node = source.node;
          globalThis.__shifted.push(node?.id ? `#${node.id}` : node?.className || node?.nodeName);
        }
      }
    }).observe({ type: 'layout-shift', buffered: true });
  } catch { /* A page without the observer has nothing to count. */ }
};

/**
 * A person's browser: own cookies, a size, a theme, with or without script.
 * Returns the page with its `watch` (what went wrong unseen) and its `context`.
 */
export async function person(world, { size = DESK, theme = 'light', script = true, state } = {}) {
  const context = await world.browser.newContext({
    baseURL: world.url, viewport: size, colorScheme: theme, javaScriptEnabled: script,
    storageState: state, locale: 'es-MX', timezoneId: 'America/Mexico_City', acceptDownloads: true,
    reducedMotion: 'reduce', hasTouch: size.width < 640, isMobile: false,
  });
  context.setDefaultTimeout(10_000);
  context.setDefaultNavigationTimeout(20_000);
  if (script) await context.addInitScript(COUNT_SHIFTS);
  const watch = new Watch(world.url);
  context.on('page', (page) => watch.follow(page));
  const page = await context.newPage();
  page.watch = watch;
  world.open.push(context);
  return page;
}

/** Another tab of the same person. */
export async function tab(page) {
  const other = await page.context().newPage();
  other.watch = page.watch;
  return other;
}

/** Sum of layout shifts so far, and what moved. */
export async function shifts(page) {
  return page.evaluate(() => ({ sum: globalThis.__shift ?? 0, what: globalThis.__shifted ?? [] }));
}
