// The same work with script switched off: forms, links and pages do it all.

import { person } from '../lib/browser.mjs';
import { must, same } from '../lib/journey.mjs';
import { customer, fill } from '../lib/made_up.mjs';
import { account, signIn } from '../lib/people.mjs';

export const name = 'sin-javascript';
export const title = 'Sin JavaScript: entrar, filtrar, pasar páginas, crear, lote, corrida, salir';

const rows = (page) => page.locator('#lista tbody tr');
const heading = async (page) => (await page.locator('h1').first().innerText()).trim();

export async function run(world, step) {
  const page = await person(world, { script: false });
  await step('entrar', () => signIn(page, account(world, 'administrador')));
  await step('filtrar clientes y quitar el filtro', async () => {
    await page.goto('/admin/clientes');
    await page.locator('form.filtros [name=q]').fill('mosca');
    await page.locator('form.filtros button[type=submit]').click();
    await page.waitForURL(/q=mosca/);
    same(await rows(page).count(), 1, 'filas con «mosca»');
    await page.locator('a.chip').first().click();
    await page.waitForURL((url) => !url.search.includes('mosca'));
    same(await rows(page).count(), 50, 'filas sin filtro');
  });
  await step('pasar de página y volver', async () => {
    const codes = async () => (await rows(page).locator('a').allInnerTexts()).join();
    const first = await codes();
    await page.locator('a[rel=next]').click();
    await page.locator('a[rel=prev]').waitFor();
    const second = await codes();
    must(first !== second, 'Siguiente muestra las mismas filas');
    await page.locator('a[rel=prev]').click();
    await page.waitForLoadState();
    same(await codes(), first, 'Anterior');
  });
  await step('ordenar por una columna', async () => {
    await page.goto('/admin/clientes');
    const link = page.locator('th[aria-sort] a').nth(1);
    await link.click();
    await page.waitForLoadState();
    must(await page.locator('th[aria-sort=ascending], th[aria-sort=descending]').count() > 0, 'ninguna columna dice su orden');
  });
  const one = customer(30);
  await step('crear un cliente: rechazado con lo escrito, corregido, hecho', async () => {
    await page.goto('/admin/clientes/alta');
    await fill(page, { ...one, razon_social: '', email: 'sin-arroba' });
    await page.watch.refusing(422, async () => {
      await page.locator('main form.formulario button[type=submit]').first().click();
      await page.locator('#resumen').waitFor();
    });
    same(await page.locator('[name=numero_documento]').inputValue(), one.numero_documento, 'lo escrito tras el rechazo');
    same(await page.locator('[name=telefono]').inputValue(), one.telefono, 'el teléfono tras el rechazo');
    must((await page.title()).startsWith('Error: '), 'el título no empieza con «Error: »');
    must(await page.locator('[aria-invalid=true]').count() > 0, 'ningún campo dice que está mal');
    const links = await page.locator('#resumen a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    for (const href of links) {
      must(await page.locator(`[id="${href.slice(1)}"]`).count() === 1, `el resumen apunta a ${href}, que no está`);
    }
    await fill(page, { razon_social: one.razon_social, email: one.email });
    await page.locator('main form.formulario button[type=submit]').first().click();
    await page.waitForURL(/\/admin\/clientes\/C-/);
    must((await heading(page)).toLowerCase().includes('nuevo'), `la ficha dice ${await heading(page)}`);
    must(await page.locator('.aviso-ok').count() > 0, 'no hay aviso de que se creó');
  });
  await step('archivar por lote y deshacer', async () => {
    await page.goto(`/admin/clientes?q=${one.numero_documento}`);
    same(await rows(page).count(), 1, 'filas con el documento nuevo');
    await page.locator('input[name=elegidos]').first().check();
    await page.locator('#lote button[value=archivar]').click();
    await page.locator('.aviso-ok').waitFor();
    await page.locator('.aviso form button').first().click();
    await page.waitForLoadState();
    must(/volvi|estaba/i.test(await page.locator('.avisos').innerText()), 'deshacer no dice que deshizo');
  });
  await step('salir y no poder volver', async () => {
    await page.locator('details.cuenta summary').first().click();
    await page.locator('form[action="/salir"] button').first().click();
    await page.waitForURL((url) => url.pathname === '/' || url.pathname.startsWith('/entrar'));
    await page.goto('/admin/clientes');
    must(new URL(page.url()).pathname.startsWith('/entrar'), `sin sesión se llega a ${page.url()}`);
  });
}
