// Lighthouse on one page, as on a phone, median of three. It starts no browser: it uses the one that
// is there, with the cookies it is given.

import lighthouse from 'lighthouse';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const RUNS = 3;

/** Median score of each category (0 to 100) and the audits that failed, in three runs. */
export async function scores(port, url, cookie) {
  const runs = [];
  for (let i = 0; i < RUNS; i += 1) {
    const flags = {
      port, output: 'json', logLevel: 'error', onlyCategories: CATEGORIES,
      extraHeaders: cookie ? { Cookie: cookie } : undefined, disableStorageReset: false,
    };
    const { lhr } = await lighthouse(url, flags);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    runs.push(lhr);
  }
  const median = (id) => runs.map((r) => Math.round((r.categories[id].score ?? 0) * 100))
    .sort((a, b) => a - b)[Math.floor(RUNS / 2)];
  const failed = new Set();
  for (const lhr of runs) {
    if (lhr.finalDisplayedUrl.split('#')[0] !== url) failed.add(`terminó en ${lhr.finalDisplayedUrl}`);
    for (const id of CATEGORIES) {
      for (const { id: audit, weight } of lhr.categories[id].auditRefs) {
        const score = lhr.audits[audit].score;
        if (weight > 0 && score !== null && score < 0.9) failed.add(`${audit} ${lhr.audits[audit].displayValue ?? ''}`.trim());
      }
    }
  }
  return { ...Object.fromEntries(CATEGORIES.map((id) => [id, median(id)])), failed: [...failed] };
}
