"""The ports, as the settings have them: the one that takes alarms over HTTP (who may send, how much, over TLS or not), and metrics."""

import logging
import ssl
from collections.abc import Callable, Iterable

from aiohttp import web
from prometheus_client import CollectorRegistry

from streams.edge.feed import Feed
from streams.edge.gateway.admission import Admission
from streams.edge.gateway.credentials import Credentials, CredentialsError, read_credentials
from streams.edge.gateway.figures import GatewayFigures
from streams.edge.gateway.offer import Accept, Ask
from streams.edge.gateway.plain import RecordId
from streams.edge.gateway.server import Gateway, Health, serve
from streams.edge.observation import Observation, observe
from streams.settings import Settings, SettingsError

log = logging.getLogger(__name__)


def url_of(settings: Settings) -> str:
    """Return where the port is, as a sender on this machine would call it."""
    scheme = "https" if settings.http_certificate_file else "http"
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    return f"{scheme}://{host}:{settings.http_port}"


def open_metrics_port(settings: Settings, registry: CollectorRegistry, is_alive: Callable[[], bool], is_ready: Callable[[], bool]) -> None:
    """Serve a registry's figures and what supervisors ask, where there is a port for them; OSError with what to do where it cannot be had."""
    if settings.metrics_port:
        app = Observation(registry, is_alive, is_ready, credentials_of(settings))
        try:
            observe(app, settings.bind, settings.metrics_port, tls_of(settings))
        except OSError as error:
            raise OSError(f"metrics port {settings.metrics_port} cannot be opened on {settings.bind} ({error.strerror}); choose another with --metrics-port, 0 for none") from None


async def open_http_port(settings: Settings, feeds: Iterable[Feed], accept: Accept, record_id: RecordId, health: Health, registry: CollectorRegistry, ask: Ask | None = None, asked: tuple[str, ...] = ()) -> web.AppRunner:
    """Listen; SettingsError for credentials or TLS files that are missing or unusable, OSError where the port cannot be had."""
    credentials, tls = credentials_of(settings), tls_of(settings)
    if credentials and not credentials.lets_send:
        raise SettingsError("SPM_HTTP_READ_TOKEN_FILE lets nobody send: set SPM_HTTP_TOKEN_FILE or SPM_HTTP_USERS_FILE too")
    if not settings.is_loopback and tls is None:
        log.warning("%s is open to others without TLS: whoever listens in can read tokens and passwords (SPM_HTTP_CERTIFICATE_FILE, SPM_HTTP_KEY_FILE)", url_of(settings))
    gateway = Gateway(feeds, accept, record_id, health=health, credentials=credentials, admission=Admission(settings.http_rate, settings.http_in_flight), figures=GatewayFigures(registry), ask=ask, asked=asked)
    try:
        return await serve(gateway.app(), settings.bind, settings.http_port, tls)
    except OSError as error:
        raise OSError(f"HTTP port {settings.http_port} cannot be opened on {settings.bind} ({error.strerror}); choose another with --http-port, 0 for none, or another address with --bind") from None


def credentials_of(settings: Settings) -> Credentials:
    """Return who may come in; SettingsError where that is nobody or everybody by mistake."""
    try:
        token = settings.http_token.get_secret_value() if settings.http_token else None
        found = read_credentials(token, settings.http_token_file, settings.http_users_file, settings.http_read_token_file)
    except CredentialsError as error:
        raise SettingsError(str(error)) from None
    if not found and not settings.is_loopback:
        raise SettingsError(f"SPM_BIND={settings.bind} lets others in: set SPM_HTTP_TOKEN_FILE or SPM_HTTP_USERS_FILE (or SPM_HTTP_TOKEN), or bind to 127.0.0.1")
    return found


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Return how the ports speak TLS, None where they do not; SettingsError for files that cannot be used."""
    if settings.http_certificate_file is None or settings.http_key_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.http_certificate_file, settings.http_key_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"SPM_HTTP_CERTIFICATE_FILE {settings.http_certificate_file} and SPM_HTTP_KEY_FILE {settings.http_key_file} cannot be used: {error}") from None
    return context


def usable(settings: Settings) -> None:
    """Raise SettingsError for a secret, a token or a certificate that the settings name and that cannot be used; opens nothing."""
    settings.need_files()
    settings.pseudonym()
    credentials_of(settings)
    tls_of(settings)
