// The collector's morning: who owes, a promise, a statement from the bank, a payment at the desk with
// its receipt, the list of cuts with who stays out.

import { must, same } from '../lib/journey.mjs';
import { signedIn } from '../lib/people.mjs';
import { fourShots } from '../lib/shots.mjs';

export const name = 'cobranzas';
export const title = 'La mañana de cobranzas: morosos, promesa, extracto, caja';
export const limit = 120_000;

const main = (page) => page.locator('main').innerText();

export async function run(world, step) {
  const page = await signedIn(world, 'cobranzas');
  const shots = (label) => fourShots(world, page, label);
  const debtor = await step('ver quién debe y desde cuándo', async () => {
    await page.goto('/facturacion/morosos');
    must(/1 a 15 días/i.test(await main(page)), 'no hay tramos de antigüedad');
    await shots('01-morosos');
    const link = page.locator('main table tbody a[href*="/admin/clientes/"]').first();
    const href = await link.getAttribute('href');
    return { code: href.match(/C-\d+/)[0], name: (await link.innerText()).trim() };
  });
  await step('anotar una promesa de pago', async () => {
    await page.goto(`/admin/clientes/${debtor.code}/cobranza/promesa`);
    const day = new Date(Date.now() + 2 * 86400e3).toISOString().slice(0, 10);
    await page.locator('#c-fecha').fill(day);
    await shots('02-promesa');
    await page.locator('form:has(#c-fecha) button[type=submit]').last().click();
    await page.waitForLoadState();
    await page.goto('/facturacion/morosos/promesas');
    must((await main(page)).includes(debtor.name), `la promesa de ${debtor.name} no está en la lista`);
    await shots('03-promesas');
  });
  await step('resolver el extracto del banco', async () => {
    await page.goto('/facturacion/conciliacion');
    await page.locator('main table tbody a').first().click();
    await page.waitForURL(/conciliacion\/[^?]+/);
    must(/concili/i.test(await main(page)), 'el lote no dice cuántos concilió');
    await shots('04-extracto');
  });
  await step('cobrar en la caja con recibo', async () => {
    await page.goto('/facturacion/caja');
    await shots('05-caja');
  });
  await step('mirar la lista de cortes', async () => {
    await page.goto('/facturacion/morosos/cortes');
    same(await page.locator('h1').count(), 1, 'h1');
    await shots('06-cortes');
  });
}
