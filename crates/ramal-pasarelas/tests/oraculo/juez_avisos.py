"""Judges notices with the vendors' own libraries, and signs some for us to judge.

Reads one JSON object from the standard input and writes one to the standard output. It shares no
code with the adapters nor with the emulated gateway.
"""

import json
import sys
import time
from datetime import datetime, timezone

import stripe
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def accepts(notice):
    """Whether the library of the wire takes the notice under the secret."""
    headers, body, secret = notice["cabeceras"], notice["cuerpo"], notice["secreto"]
    if notice["hilo"] == "stripe":
        try:
            event = stripe.Webhook.construct_event(body, headers.get("stripe-signature"), secret)
        except (stripe.SignatureVerificationError, ValueError):
            return False
        return event.object == "event" and event.data.object.object is not None
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def sign(wanted):
    """Headers that the library would send for a body."""
    body, secret, now = wanted["cuerpo"], wanted["secreto"], int(time.time())
    if wanted["hilo"] == "stripe":
        signature = stripe.WebhookSignature._compute_signature(f"{now}.{body}", secret)
        return {"stripe-signature": f"t={now},v1={signature}"}
    # The library reads a naive moment as UTC.
    moment = datetime.fromtimestamp(now, tz=timezone.utc)
    return {
        "webhook-id": "msg_de_la_biblioteca",
        "webhook-timestamp": str(now),
        "webhook-signature": Webhook(secret).sign("msg_de_la_biblioteca", moment, body),
    }


def main():
    asked = json.load(sys.stdin)
    answer = {
        "juicios": [accepts(notice) for notice in asked.get("avisos", [])],
        "firmas": [sign(wanted) for wanted in asked.get("firmar", [])],
    }
    json.dump(answer, sys.stdout)


main()
