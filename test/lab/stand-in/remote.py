"""Questions to servers, over HTTPS."""

import base64
import functools
import http.client
import json
import socket
import ssl
import urllib.parse


class Refused(Exception):
    """The server answered, and not with what was asked for."""

    def __init__(self, url, code, reason, body):
        super().__init__(f'{url}: {code} {reason}' + ('' if body.startswith('{') else f' {body}').rstrip())
        self.code, self.body = code, body


class Unreachable(Exception):
    """Nobody answered."""


@functools.lru_cache
def context_of(ca=None, certificate=None, key=None):
    """Trusts the authority of that text, or anybody without one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(cadata=ca)
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


def request(method, url, context, body=None, login=None, timeout=5):
    """The text of the answer."""
    parts = urllib.parse.urlsplit(url)
    headers = {'Content-Type': 'application/json'}
    if login is not None:
        headers['Authorization'] = 'Basic ' + base64.b64encode(':'.join(login).encode()).decode()
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port or 443, context=context, timeout=timeout
    )
    try:
        path = parts.path + (f'?{parts.query}' if parts.query else '')
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f'Get "{url}": {because(error, parts)}') from error
    finally:
        connection.close()
    if answer.status >= 300:
        raise Refused(url, answer.status, answer.reason, text.strip())
    return text


def because(error, parts):
    if isinstance(error, ssl.SSLCertVerificationError):
        return f'tls: failed to verify certificate: x509: {error.verify_message}'
    if isinstance(error, ConnectionRefusedError):
        return f'dial tcp {parts.netloc}: connect: connection refused'
    if isinstance(error, (socket.timeout, TimeoutError)):
        return 'context deadline exceeded'
    return f'dial tcp {parts.netloc}: {error}'
