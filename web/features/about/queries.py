"""The facts of the page: no secrets, no addresses of databases, nothing that another person's sign-in would say."""

from dataclasses import dataclass

from sqlalchemy.engine import make_url

from web import __version__
from web.config import Settings
from web.deps import durable
from web.identity.person import Caller
from web.identity.roles import is_auditor, role_of
from web.services import Services
from web.workspace.scopes import Reach

Facts = list[tuple[str, str]]
BACKENDS = {"sqlite": "SQLite file", "postgresql": "Postgres"}


@dataclass(frozen=True)
class AboutView:
    """The page. `copied_ms`: when the last copy of the history was stored by this process, 0 before the first."""

    you: Facts
    portal: Facts
    history: Facts
    trouble: str
    copied_ms: int
    reach: tuple[Reach, ...]

    @property
    def missing(self) -> list[Reach]:
        """What the sign-in does not reach."""
        return [one for one in self.reach if one.state == "missing"]


def view(parts: Services, who: Caller) -> AboutView:
    """The page for one person; asks the workspace what their sign-in reaches."""
    settings = parts.settings
    return AboutView(
        you=_you(who, settings),
        portal=_portal(settings),
        history=_history(parts),
        trouble=parts.ledger.hold or parts.vault_trouble,
        copied_ms=parts.copied_ms,
        reach=parts.scopes.of(who.workspace),
    )


def _you(who: Caller, settings: Settings) -> Facts:
    role = role_of(who, settings).name.lower()
    return [
        ("Signed in as", who.email),
        ("Role", f"{role}, auditor" if is_auditor(who, settings) else role),
        ("Groups", ", ".join(who.groups) or "none"),
        ("Workspace", who.workspace.host),
        ("Sign-in", who.label),
    ]


def _portal(settings: Settings) -> Facts:
    looks = f"every {settings.look_every_s:g} s" if settings.look_every_s else "never"
    return [
        ("Version", __version__),
        ("Running", f"Databricks App {settings.app_name}" if settings.app_mode else "on this machine"),
        ("Changes are for", settings.operator_group or "everybody, as far as the workspace lets them"),
        ("Changes a minute", f"{settings.changes_per_minute} a person"),
        ("Looks for changes made elsewhere", looks),
        (
            "Changes permissions and attaches for people",
            "where their sign-in does not reach" if settings.app_executes else "no",
        ),
        ("Usage warehouse", settings.warehouse_id or "none set"),
    ]


def _history(parts: Services) -> Facts:
    settings = parts.settings
    backend = make_url(settings.storage_url).get_backend_name()
    facts = [
        ("Kept in", BACKENDS.get(backend, backend)),
        ("Survives a restart", "yes" if durable(settings) else "no"),
    ]
    return [*facts, ("Copies on", settings.audit_volume)] if parts.vault else facts
