// Mercado Pago's own library judges notices, and works as a client of the emulated gateway. It
// shares no code with the adapters. Usage: `node juez.mjs avisos` (JSON in, JSON out) or
// `node juez.mjs cliente http://127.0.0.1:PORT`.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import {
  MercadoPagoConfig, Payment, PaymentRefund, Preference, User, WebhookSignatureValidator,
} from 'mercadopago';

const require = createRequire(import.meta.url);
const [modo, base] = process.argv.slice(2);

function accepts({ firma, pedido, id, secreto, tolerancia }) {
  try {
    WebhookSignatureValidator.validate({
      xSignature: firma, xRequestId: pedido, dataId: id, secret: secreto,
      toleranceSeconds: tolerancia,
    });
    return true;
  } catch {
    return false;
  }
}

async function avisos() {
  const partes = [];
  for await (const parte of process.stdin) partes.push(parte);
  const preguntas = JSON.parse(Buffer.concat(partes).toString());
  console.log(JSON.stringify(preguntas.map(accepts)));
}

function client(token) {
  return new MercadoPagoConfig({ accessToken: token, options: { timeout: 5000, retries: 0 } });
}

async function refused(promesa) {
  return promesa.then(() => assert.fail('a refusal was expected'), (error) => error);
}

async function post(ruta, campos = {}) {
  const url = ruta.startsWith('http') ? ruta : base + ruta;
  const r = await fetch(url, { method: 'POST', body: new URLSearchParams(campos), redirect: 'manual' });
  assert.ok(r.status < 400, `${ruta}: ${r.status}`);
}

async function preferences(config) {
  const body = {
    items: [{ id: 'js-1', title: 'Factura F-1024', quantity: 1, unit_price: 399.5, currency_id: 'MXN' }],
    external_reference: 'js-1',
    back_urls: { success: 'http://127.0.0.1:1/volver' },
    auto_return: 'approved',
  };
  const api = new Preference(config);
  const hecha = await api.create({ body });
  assert.equal(hecha.collector_id, 100000001);
  assert.equal(hecha.items[0].unit_price, 399.5);
  const leida = await api.get({ preferenceId: hecha.id });
  assert.equal(leida.init_point, hecha.init_point);
  const halladas = await api.search({ options: { external_reference: 'js-1' } });
  assert.deepEqual(halladas.elements.map((e) => e.id), [hecha.id]);
  await post(hecha.init_point, { metodo: 'tarjeta', tarjeta: 'aprobada' });
}

async function payments(config) {
  const api = new Payment(config);
  const { results } = await api.search({ options: { external_reference: 'js-1' } });
  assert.equal(results.length, 1);
  const pago = await api.get({ id: results[0].id });
  assert.equal(pago.status, 'approved');
  assert.equal(pago.transaction_amount, 399.5);
  assert.equal(pago.fee_details[0].amount + pago.transaction_details.net_received_amount, 399.5);

  const devoluciones = new PaymentRefund(config);
  const parte = await devoluciones.create({ payment_id: pago.id, body: { amount: 99.5 } });
  assert.equal(parte.amount, 99.5);
  const resto = await devoluciones.total({ payment_id: pago.id });
  assert.equal(resto.amount, 300);
  assert.equal((await devoluciones.list({ payment_id: pago.id })).length, 2);
  assert.equal((await api.get({ id: pago.id })).status, 'refunded');
}

async function references() {
  // A client of its own for each call: the library keeps the key given to one for the next.
  const api = () => new Payment(client('TEST-token-mx'));
  const payer = { email: 'rosa@example.com', first_name: 'Rosa' };
  for (const metodo of ['oxxo', 'clabe']) {
    const body = { transaction_amount: 450, description: 'F-1', payment_method_id: metodo, payer };
    const key = crypto.randomUUID();
    const hecho = await api().create({ body, requestOptions: { idempotencyKey: key } });
    const otra = await api().create({ body, requestOptions: { idempotencyKey: key } });
    assert.equal(otra.id, hecho.id);
    assert.equal(hecho.status, 'pending');
    assert.match(hecho.transaction_details.payment_method_reference_id, /^\d+$/);
    const cancelado = await api().cancel({ id: hecho.id });
    assert.equal(cancelado.status, 'cancelled');
    const cambiado = { ...body, transaction_amount: 1 };
    const choque =
      await refused(api().create({ body: cambiado, requestOptions: { idempotencyKey: key } }));
    assert.equal(choque.status, 409);
  }
  const mala = { transaction_amount: 450, payment_method_id: 'yape', payer };
  assert.equal((await refused(api().create({ body: mala }))).status, 400);
}

async function cliente() {
  require('mercadopago/dist/utils/config').AppConfig.BASE_URL = `${base}/mercadopago`;
  const config = client('TEST-token-mx');
  await preferences(config);
  await payments(config);
  await references();
  assert.equal((await new User(config).get()).id, 100000001);
  assert.equal((await refused(new User(client('otro')).get())).status, 401);
  assert.equal((await refused(new Payment(config).get({ id: 1 }))).status, 404);
  console.log('BIEN');
}

await (modo === 'avisos' ? avisos() : cliente());
