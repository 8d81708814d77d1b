// Accessibility: axe-core with every rule it has, and the size of targets (WCAG 2.2), in both themes. It repairs nothing.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of the page as it is, one line each. */
export async function violations(page) {
  await page.evaluate(SOURCE);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      resultTypes: ['violations'], rules: { 'target-size': { enabled: true } },
    });
    return violations.map((v) => ({
      id: v.id, help: v.help,
      nodes: v.nodes.map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? ''}`),
    }));
  });
  return found.map((v) => `${v.id}: ${v.help} [${v.nodes.length}] ${v.nodes.slice(0, 3).join(' | ')}`);
}

/** Violations of a page that is open, in light and dark. */
export async function inBothThemes(page) {
  const found = [];
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    const label = theme === 'light' ? 'claro' : 'oscuro';
    found.push(...(await violations(page)).map((v) => `${label} ${v}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
