// A second tab, the back button, a double click, an expired session and a lost connection: no typed
// text is lost and nothing is done twice.

import { tab } from '../lib/browser.mjs';
import { must, same } from '../lib/journey.mjs';
import { customer, fill } from '../lib/made_up.mjs';
import { account, signIn, signedIn } from '../lib/people.mjs';

export const name = 'nada-dos-veces';
export const title = 'Segunda pestaña, botón atrás, doble clic, sesión vencida, conexión perdida';

const save = (page) => page.locator('main form.formulario button[type=submit]').first();
const NEW = '/admin/clientes/alta';

/** How many customers a search finds. */
async function count(page, text) {
  const other = await tab(page);
  await other.goto(`/admin/clientes?q=${encodeURIComponent(text)}`);
  const found = await other.locator('#lista tbody tr').count();
  await other.close();
  return found;
}

async function created(page, one) {
  await page.goto(NEW);
  await fill(page, one);
  await save(page).click();
  await page.waitForURL(/\/admin\/clientes\/C-/);
}

export async function run(world, step) {
  const page = await signedIn(world, 'administrador');
  await step('doble clic: un solo cliente', async () => {
    const one = customer(40);
    await page.goto(NEW);
    await fill(page, one);
    await save(page).dblclick();
    await page.waitForURL(/\/admin\/clientes\/C-/);
    same(await count(page, one.numero_documento), 1, 'clientes tras el doble clic');
  });
  await step('dos envíos a la vez con la misma clave: uno', async () => {
    const one = customer(41);
    await page.goto(NEW);
    await fill(page, one);
    const form = await page.locator('main form.formulario').evaluate((f) => Object.fromEntries(new FormData(f)));
    const post = () => page.request.post(NEW, { form, maxRedirects: 0, headers: { origin: world.url, 'sec-fetch-site': 'same-origin' } });
    const answers = await Promise.all([post(), post(), post()]);
    const codes = answers.map((a) => a.status());
    must(codes.includes(303), `ningún envío fue aceptado: ${codes}`);
    must(codes.every((c) => c === 303), `un envío repetido no lleva al primero: ${codes}`);
    same(await count(page, one.numero_documento), 1, 'clientes tras tres envíos a la vez');
  });
  await step('botón atrás y enviar de nuevo: ya estaba', async () => {
    const one = customer(42);
    await created(page, one);
    await page.goBack();
    await page.waitForLoadState('load');
    if (await page.locator('[name=numero_documento]').inputValue() === '') await fill(page, one);
    await page.watch.allowing([/respuesta (409|422)/, /status of (409|422)/], async () => {
      await save(page).click();
      await page.waitForLoadState('load');
      await page.locator('h1').waitFor();
    });
    same(await count(page, one.numero_documento), 1, 'clientes tras volver y enviar');
  });
  await step('segunda pestaña: la primera no pisa, muestra ambos valores y conserva lo escrito', async () => {
    const one = customer(43);
    await created(page, one);
    const sheet = new URL(page.url()).pathname;
    await page.goto(`${sheet}/editar`);
    const second = await tab(page);
    await second.goto(`${sheet}/editar`);
    await second.locator('[name=nombre_comercial]').fill('Desde la segunda pestaña');
    await save(second).click();
    await second.waitForURL((url) => !url.pathname.endsWith('/editar'));
    await second.close();
    await page.locator('[name=nombre_comercial]').fill('Desde la primera pestaña');
    await page.watch.refusing(409, async () => {
      await save(page).click();
      await page.locator('#resumen').waitFor();
    });
    const text = await page.locator('main').innerText();
    must(text.includes('Desde la segunda pestaña'), 'el 409 no muestra lo guardado por la otra pestaña');
    same(await page.locator('[name=nombre_comercial]').inputValue(), 'Desde la primera pestaña', 'lo escrito tras el 409');
    await save(page).click();
    await page.waitForURL((url) => !url.pathname.endsWith('/editar'));
    must((await page.locator('body').innerText()).includes('Desde la primera pestaña'), 'guardar igual no guardó');
  });
  await step('sesión vencida con el formulario escrito: se entra y se envía lo escrito', async () => {
    const one = customer(44);
    await page.goto(NEW);
    await fill(page, one);
    await page.context().clearCookies();
    await page.watch.refusing(401, async () => {
      await save(page).click();
      await page.locator('[data-conserva]').waitFor();
    });
    must((await page.locator('main').innerText()).includes(one.razon_social), 'lo escrito no está a la vista');
    const [popup] = await Promise.all([
      page.context().waitForEvent('page'), page.locator('main a[href^="/entrar"]').first().click()]);
    await popup.close();
    const other = await tab(page);
    await signIn(other, account(world, 'administrador'));
    await other.close();
    await page.watch.refusing(403, async () => {
      await page.locator('main form button[type=submit]').click();
      await page.waitForLoadState('load');
    });
    if (await page.locator('[data-conserva]').count()) {
      await page.locator('main form button[type=submit]').click();
    }
    await page.waitForURL(/\/admin\/clientes\/C-/);
    same(await count(page, one.numero_documento), 1, 'clientes tras la sesión vencida');
  });
  await step('conexión perdida: nada se envía, lo escrito queda y se reintenta', async () => {
    const one = customer(45);
    await page.goto(NEW);
    await fill(page, one);
    await page.context().setOffline(true);
    await save(page).click();
    await page.locator('.aviso-mal').first().waitFor();
    same(new URL(page.url()).pathname, NEW, 'la dirección sin conexión');
    same(await page.locator('[name=razon_social]').inputValue(), one.razon_social, 'lo escrito sin conexión');
    await page.context().setOffline(false);
    await page.reload();
    same(await page.locator('[name=razon_social]').inputValue(), one.razon_social, 'lo escrito tras recargar');
    await save(page).click();
    await page.waitForURL(/\/admin\/clientes\/C-/);
    same(await count(page, one.numero_documento), 1, 'clientes tras la conexión perdida');
  });
  await step('nada queda por recuperar después de guardar', async () => {
    await page.goto(NEW);
    same(await page.locator('[name=razon_social]').inputValue(), '', 'el alta siguiente empieza vacía');
  });
}
