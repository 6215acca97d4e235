"""Streams over TLS, as every real workspace has it: in pieces as they come, on one connection, to nobody else."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.loops import finish
from web.workspace.wire import Unreachable, Wire


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for 127.0.0.1 with its key, trusted like those of the machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "workspace")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "workspace.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


class Model:
    """Answers each request with two pieces, the second once it is told to; counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.go_on = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        while head := await reader.readuntil(b"\r\n\r\n"):
            assert b"POST /ask HTTP/1.1" in head
            assert await reader.readexactly(2) == b"{}"
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            await writer.drain()
            await self.go_on.wait()
            writer.write(b"6\r\nsecond\r\n0\r\n\r\n")


@asynccontextmanager
async def served(model: Model, certificate: Path) -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(model, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


def test_pieces_come_as_they_are_sent_and_the_connection_is_used_again(certificate: Path) -> None:
    async def run() -> None:
        model, wire = Model(), Wire(10)
        async with served(model, certificate) as port:
            for _ in range(2):
                model.go_on.clear()
                reply = await wire.post(f"https://127.0.0.1:{port}", "/ask", b"{}", {})
                assert await reply.take() == b"first"
                model.go_on.set()
                assert await reply.take() == b"second"
                assert await reply.take() == b""
            assert model.connections == 1
            await wire.close()

    finish(run())


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_of_somebody_else_is_no_connection(
    certificate: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if host == "127.0.0.1":
        monkeypatch.delenv("SSL_CERT_FILE")  # it is not trusted then

    async def run() -> None:
        model = Model()
        async with served(model, certificate) as port:
            with pytest.raises(Unreachable):
                await Wire(10).post(f"https://{host}:{port}", "/ask", b"{}", {})
            assert model.connections == 0

    finish(run())
