// What pages weigh on the wire, on the first and on a repeat visit, against the budgets.

import { person } from '../lib/browser.mjs';
import { signedIn } from '../lib/people.mjs';
import { over, visit } from '../lib/weight.mjs';

export const name = 'pesos';
export const title = 'Pesos: primera visita y siguiente, contra los presupuestos';

const PUBLIC = ['/', '/entrar'];
const STAFF = ['/admin', '/admin/clientes', '/facturacion', '/facturacion/facturas', '/facturacion/corridas',
  '/facturacion/kpis', '/admin/catalogo', '/admin/servicios', '/admin/auditoria'];

export async function run(world, step) {
  const lines = [];
  const measure = async (path, open) => {
    const page = await open();
    const first = await visit(page, path);
    const repeat = await visit(page, path);
    const list = await page.locator('#lista').count() > 0;
    lines.push(...over(first, repeat, { list }));
    const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
    world.journey.notes.push(`${path}: ${kb(first.bytes)} en ${first.requests} pedidos (HTML ${kb(first.html)}, `
      + `CSS ${kb(first.css)}, JS ${kb(first.js)}, ${first.nodes} nodos); al volver ${kb(repeat.bytes)} en ${repeat.requests}`);
    page.watch.check();
    await page.context().close();
  };
  await step('páginas públicas', async () => {
    for (const path of PUBLIC) await measure(path, () => person(world));
  });
  await step('páginas del personal', async () => {
    for (const path of STAFF) await measure(path, () => signedIn(world, 'administrador'));
  });
  if (lines.length) throw new Error(`sobre el presupuesto:\n${lines.join('\n')}`);
}
