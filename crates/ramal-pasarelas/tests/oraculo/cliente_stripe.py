"""The `stripe` library as a client of the emulated gateway: what it cannot read is wrong there.

Arguments: address of the emulated gateway. Ends with an assertion that names what differs.
"""

import sys
import urllib.parse
import urllib.request

import stripe

BASE = sys.argv[1]
CARD = {"metodo": "tarjeta", "tarjeta": "aprobada"}


class Stay(urllib.request.HTTPRedirectHandler):
    """The page sends the person away; that place does not exist here."""

    def redirect_request(self, *_):
        return None


def post(path, fields=None):
    data = urllib.parse.urlencode(fields or {}).encode()
    opener = urllib.request.build_opener(Stay)
    url = path if path.startswith("http") else BASE + path
    try:
        return opener.open(urllib.request.Request(url, data=data, method="POST")).status
    except urllib.error.HTTPError as answer:
        assert answer.status < 400, (path, answer.status)
        return answer.status


def session():
    made = stripe.checkout.Session.create(
        mode="payment",
        client_reference_id="py-1",
        metadata={"externa": "py-1"},
        payment_intent_data={"metadata": {"externa": "py-1"}},
        line_items=[
            {
                "quantity": 1,
                "price_data": {
                    "currency": "mxn",
                    "unit_amount": 39900,
                    "product_data": {"name": "Factura F-1024"},
                },
            }
        ],
        success_url="http://127.0.0.1:1/volver",
        idempotency_key="py-1",
    )
    assert (made.status, made.amount_total, made.payment_intent) == ("open", 39900, None), made
    post(made.url, CARD)
    paid = stripe.checkout.Session.retrieve(made.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid"), paid
    listed = stripe.checkout.Session.list(limit=1)
    assert [s.id for s in listed.auto_paging_iter()] == [made.id]
    return paid.payment_intent


def payment(payment_id):
    expand = ["latest_charge.balance_transaction"]
    intent = stripe.PaymentIntent.retrieve(payment_id, expand=expand)
    charge = intent.latest_charge
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 39900, "mxn")
    assert charge.balance_transaction.fee + charge.balance_transaction.net == 39900
    assert intent.metadata["externa"] == "py-1", intent.metadata
    found = stripe.PaymentIntent.search(query="metadata['externa']:'py-1'")
    assert [p.id for p in found.auto_paging_iter()] == [payment_id]
    assert stripe.Charge.retrieve(charge.id).payment_intent == payment_id


def refunds(payment_id):
    made = stripe.Refund.create(
        payment_intent=payment_id, amount=9900, metadata={"clave": "d"}, idempotency_key="d"
    )
    again = stripe.Refund.create(
        payment_intent=payment_id, amount=9900, metadata={"clave": "d"}, idempotency_key="d"
    )
    assert (made.id, made.status, made.amount) == (again.id, "succeeded", 9900)
    listed = stripe.Refund.list(payment_intent=payment_id)
    assert [r.id for r in listed.auto_paging_iter()] == [made.id]
    assert stripe.Refund.retrieve(made.id).metadata["clave"] == "d"
    expect(stripe.InvalidRequestError, stripe.Refund.create, payment_intent=payment_id, amount=30001)


def dispute(payment_id):
    post(f"/_emulador/pagos/{payment_id}/contracargo")
    listed = stripe.Dispute.list(payment_intent=payment_id, limit=1).data
    assert [d.status for d in listed] == ["needs_response"], listed
    assert stripe.Dispute.retrieve(listed[0].id).payment_intent == payment_id


def references():
    oxxo = stripe.PaymentIntent.create(
        amount=45000,
        currency="mxn",
        confirm=True,
        payment_method_types=["oxxo"],
        payment_method_data={
            "type": "oxxo",
            "billing_details": {"name": "Rosa Quispe", "email": "rosa@example.com"},
        },
        metadata={"externa": "py-2"},
    )
    details = oxxo.next_action.oxxo_display_details
    assert oxxo.status == "requires_action" and details.number.isdigit(), oxxo
    assert urllib.request.urlopen(details.hosted_voucher_url).status == 200
    assert stripe.PaymentIntent.cancel(oxxo.id).status == "canceled"

    customer = stripe.Customer.create(name="Rosa Quispe", email="rosa@example.com")
    spei = stripe.PaymentIntent.create(
        amount=45000,
        currency="mxn",
        confirm=True,
        customer=customer.id,
        payment_method_types=["customer_balance"],
        payment_method_data={"type": "customer_balance"},
        payment_method_options={
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {"type": "mx_bank_transfer"},
            }
        },
    )
    address = spei.next_action.display_bank_transfer_instructions.financial_addresses[0]
    assert address.type == "spei" and len(address.spei.clabe) == 18, spei


def expect(kind, call, **arguments):
    try:
        call(**arguments)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def errors():
    expect(stripe.InvalidRequestError, stripe.PaymentIntent.retrieve, id="pi_nadie")
    expect(stripe.InvalidRequestError, stripe.Customer.create, apodo="x")
    expect(stripe.AuthenticationError, stripe.Account.retrieve, api_key="sk_test_otra")
    stripe.Customer.create(name="Uno", idempotency_key="k")
    expect(stripe.IdempotencyError, stripe.Customer.create, name="Dos", idempotency_key="k")
    assert stripe.Account.retrieve().id == "acct_demo"


stripe.api_base = BASE + "/stripe"
stripe.api_key = "sk_test_demo"
stripe.max_network_retries = 0
paid = session()
payment(paid)
refunds(paid)
dispute(paid)
references()
errors()
print("BIEN")
