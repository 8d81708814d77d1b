// What each role sees: a menu without what it may not open, and a refusal that names the permission
// and who grants it.

import { must } from '../lib/journey.mjs';
import { signedIn } from '../lib/people.mjs';

export const name = 'roles';
export const title = 'Roles: lo prohibido no está en el menú y el 403 nombra el permiso';
export const limit = 180_000;

const ROLES = ['administrador', 'operador', 'consulta', 'tecnico', 'soporte', 'cobranzas', 'agente', 'cliente'];
const PAGES = ['/admin', '/admin/clientes', '/admin/clientes/alta', '/admin/catalogo', '/admin/servicios',
  '/admin/importaciones', '/admin/usuarios', '/admin/roles', '/admin/auditoria', '/admin/sistema', '/admin/ajustes',
  '/facturacion', '/facturacion/facturas', '/facturacion/corridas', '/facturacion/corridas/nueva',
  '/facturacion/documentos', '/facturacion/kpis'];

export async function run(world, step) {
  const shown = new Map();
  for (const role of ROLES) {
    await step(role, async () => {
      const page = await signedIn(world, role);
      const menu = await menuOf(page);
      shown.set(role, menu.size);
      for (const path of menu) {
        const answer = await page.goto(path);
        must(answer.status() === 200, `${role}: el menú ofrece ${path} y responde ${answer.status()}`);
      }
      let refused = 0;
      for (const path of PAGES.filter((p) => !menu.has(p))) {
        const answer = await page.watch.refusing(403, () => page.goto(path));
        if (answer.status() !== 403) continue;
        refused += 1;
        const text = await page.locator('main').innerText();
        must(/permiso/i.test(text), `${role}: el 403 de ${path} no habla de permiso: ${text.slice(0, 120)}`);
        must(/[a-z_]+:[a-z_]+/.test(text) || /«.+»|: .+: /.test(text), `${role}: el 403 de ${path} no nombra el permiso: ${text.slice(0, 200)}`);
        must(/otorga/i.test(text), `${role}: el 403 de ${path} no dice quién lo otorga: ${text.slice(0, 200)}`);
      }
      world.journey.notes.push(`${role}: ${menu.size} entradas, ${refused} de ${PAGES.length} páginas negadas`);
      await page.context().close();
    });
  }
  must(shown.get('administrador') > shown.get('consulta'), 'consulta ve tanto como administrador');
}

/** Addresses of the rails of every workspace that the person may enter. */
async function menuOf(page) {
  await page.goto('/');
  const links = async () => page.locator('nav.riel a, details.espacio a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  const found = new Set();
  for (const home of ['/admin', '/facturacion', '/portal', '/tecnico', '/bandeja']) {
    const answer = await page.watch.allowing([/respuesta 40[34]/, /status of 40[34]/], () => page.goto(home));
    if (answer.status() === 200) (await links()).forEach((path) => found.add(path));
  }
  return found;
}
