"""Reads a message with Python's own parser, and checks its DKIM signatures with dkimpy.

Standard input: {"mensaje": <base64>, "dns": {name: TXT}}. Standard output: JSON.
"""

import base64
import email
import email.policy
import hashlib
import json
import sys

import dkim


def part(p):
    content = p.get_payload(decode=True)
    return {
        "tipo": p.get_content_type(),
        "disposicion": p.get_content_disposition(),
        "nombre": p.get_filename(),
        "codificacion": p["Content-Transfer-Encoding"],
        "cid": p["Content-ID"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "texto": content.decode(p.get_content_charset() or "utf-8") if p.get_content_maintype() == "text" else None,
        "defectos": [str(d) for d in p.defects],
    }


def main():
    question = json.load(sys.stdin)
    raw = base64.b64decode(question["mensaje"])
    records = {k.encode(): v.encode() for k, v in question.get("dns", {}).items()}

    def txt(name, timeout=5):
        name = name if isinstance(name, bytes) else name.encode()
        return records.get(name.rstrip(b"."))

    message = email.message_from_bytes(raw, policy=email.policy.default)
    signatures = len(message.get_all("DKIM-Signature", []))
    verdicts = []
    for index in range(signatures):
        try:
            verdicts.append(dkim.DKIM(raw).verify(idx=index, dnsfunc=txt))
        except dkim.DKIMException as error:
            verdicts.append(str(error))
    leaves = [p for p in message.walk() if not p.is_multipart()]
    json.dump(
        {
            "cabeceras": [[k, str(v)] for k, v in message.items()],
            "estructura": [p.get_content_type() for p in message.walk()],
            "partes": [part(p) for p in leaves],
            "defectos": [str(d) for p in message.walk() for d in p.defects],
            "linea_mas_larga": max(len(line) for line in raw.split(b"\r\n")),
            "lf_sueltos": raw.replace(b"\r\n", b"").count(b"\n"),
            "ascii": raw.isascii(),
            "dkim": verdicts,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
