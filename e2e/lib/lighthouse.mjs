// Lighthouse on one page, as on a phone, median of three. It starts no browser: it uses the one that
// is there, with the cookies it has.

import lighthouse from 'lighthouse';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const RUNS = 3;

/** Median score of each category (0 to 100) and the audits that failed, in three runs. */
export async function scores(port, url) {
  const runs = [];
  for (let i = 0; runs.length < RUNS; i += 1) {
    const flags = {
      port, output: 'json', logLevel: 'error', onlyCategories: CATEGORIES, disableStorageReset: false,
    };
    const { lhr } = await lighthouse(url, flags);
    // A busy machine loses a trace now and then; that run says nothing about the page.
    if (lhr.runtimeError && i < RUNS + 2) continue;
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    const end = lhr.finalDisplayedUrl.split('#')[0];
    if (end !== url) throw new Error(`${url} lleva a ${end}: no es la página que se quería medir`);
    runs.push(lhr);
  }
  const median = (id) => runs.map((r) => Math.round((r.categories[id].score ?? 0) * 100))
    .sort((a, b) => a - b)[Math.floor(RUNS / 2)];
  const failed = new Set();
  for (const lhr of runs) {
    for (const id of CATEGORIES) {
      for (const { id: audit, weight } of lhr.categories[id].auditRefs) {
        const score = lhr.audits[audit].score;
        if (!(weight > 0) || score === null || score >= 0.9) continue;
        const items = (lhr.audits[audit].details?.items ?? []).slice(0, 3);
        const where = items.map((i) => i.node?.selector).filter(Boolean).join(', ');
        failed.add(`${audit} ${lhr.audits[audit].displayValue ?? ''} ${where}`.trim());
      }
    }
  }
  return { ...Object.fromEntries(CATEGORIES.map((id) => [id, median(id)])), failed: [...failed] };
}
