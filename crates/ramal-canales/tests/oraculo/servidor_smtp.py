"""A real SMTP server (aiosmtpd) that behaves by the recipient's name.

Prints one JSON line with its port and lives until its standard input closes. Every message that it
takes responsibility for is written to a file, as it came, before any answer: what lies in the
folder was delivered.
"""

import argparse
import asyncio
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

FOREVER = 3600


class Peer:
    def __init__(self, folder, token):
        self.folder = folder
        self.token = token
        self.seen = set()
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "desconocido":
            return "550 5.1.1 User unknown"
        if name == "gris" and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        names = {a.split("@")[0] for a in envelope.rcpt_tos}
        if "spam" in names:
            return "554 5.7.1 Looks like spam"
        if "tarde" in names:
            return "451 4.3.0 Try later"
        self.count += 1
        path = self.folder / f"{self.count:04}.eml"
        path.write_bytes(envelope.original_content)
        if "cuelga" in names:
            await asyncio.sleep(FOREVER)
        if "corta" in names:
            server.transport.abort()
            await asyncio.sleep(FOREVER)
        return "250 2.0.0 Queued"

    async def auth_XOAUTH2(self, server, args):
        wanted = f"user=soporte@ejemplo.test\x01auth=Bearer {self.token}\x01\x01"
        import base64

        given = base64.b64decode(args[1]).decode()
        if self.token and given == wanted:
            return AuthResult(success=True, auth_data=args[1])
        challenge = base64.b64encode(b'{"status":"401"}').decode()
        answer = await server.challenge_auth(challenge, encode_to_b64=False)
        # An empty line is the only right answer to the challenge.
        assert answer == b"", answer
        return AuthResult(success=False, handled=False)


def authenticator(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data == LoginPassword(b"cuenta", b"clave-de-prueba")
    return AuthResult(success=good, handled=False)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--require-starttls", action="store_true")
    parser.add_argument("--auth", action="store_true")
    parser.add_argument("--token", default="")
    parser.add_argument("--only", default="")
    args = parser.parse_args()

    context = None
    if args.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)
    options = {
        "hostname": "mx.ejemplo.test",
        "auth_required": args.auth,
        "auth_require_tls": bool(args.cert) and not args.implicit,
        "authenticator": authenticator,
        "tls_context": None if args.implicit else context,
        "require_starttls": args.require_starttls,
        "data_size_limit": 1_000_000,
    }
    if args.only:
        every = {"PLAIN", "LOGIN", "XOAUTH2"}
        options["auth_exclude_mechanism"] = every - {args.only}
    peer = Peer(args.folder, args.token)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(peer, loop=loop, **options),
        "127.0.0.1",
        0,
        ssl=context if args.implicit else None,
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
