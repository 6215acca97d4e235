"""The troubleshooting table as data: what a refusal of the workspace means and the way out of it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """One row: matches a status, a code or words of the message; `text` is the way out, `command` a shell line."""

    title: str
    text: str
    status: int | None = None
    code: str = ""
    pattern: str = ""
    command: str = ""

    def matches(self, status: int, code: str, message: str) -> bool:
        """True when every given condition holds."""
        return (
            (self.status is None or self.status == status)
            and (not self.code or self.code == code)
            and (not self.pattern or re.search(self.pattern, message, re.I) is not None)
        )


HINTS: tuple[Hint, ...] = (
    Hint(
        "Cannot configure default credentials",
        "No usable credential was found. Sign in with the Databricks CLI, then pick that profile on the Connect page.",
        pattern=r"default auth|cannot configure default credentials",
        command="databricks auth login --host <workspace-url> --profile <PROFILE>",
    ),
    Hint(
        "Missing scope",
        "The app's user authorization lacks a scope. An administrator adds it to the app, then stops and starts "
        "the app; "
        "people sign in again.",
        pattern=r"required scopes|does not have required scopes",
        command="databricks apps get <APP> --profile <PROFILE>",
    ),
    Hint(
        "Invalid access token",
        "The token is not valid any more. Sign in again.",
        status=403,
        pattern=r"invalid access token",
        command="databricks auth login --profile <PROFILE>",
    ),
    Hint("Not signed in", "Your sign-in has expired. Reload the page to sign in again.", status=401),
    Hint(
        "No permission on the app",
        "Ask somebody with CAN_MANAGE on the app to grant it to you, or to attach the endpoint.",
        status=403,
        pattern=r"\bon app\b",
        command="databricks apps get-permissions <APP> --profile <PROFILE>",
    ),
    Hint(
        "Permission denied",
        "Ask somebody with CAN_MANAGE on the endpoint to grant you access. Changing needs CAN_MANAGE, querying "
        "CAN_QUERY.",
        status=403,
        command="databricks serving-endpoints get-permissions <ENDPOINT_ID> --profile <PROFILE>",
    ),
    Hint(
        "Update in progress",
        "One config update runs at a time. Wait until the running one has ended, then apply again.",
        status=409,
        pattern=r"in progress|updat|conflict",
    ),
    Hint("Already exists", "Choose another name: this one is taken in the workspace.", pattern=r"already exists"),
    Hint("Endpoint is stopped", "Start the endpoint, then try again.", code="INVALID_STATE", pattern=r"stopped"),
    Hint(
        "Not eligible for provisioned throughput",
        "This model cannot be served with provisioned throughput. Choose another model, or serve it as a custom model.",
        pattern=r"not eligible for provisioned throughput",
    ),
    Hint(
        "Scale to zero not set",
        "A custom model needs 'scale to zero' set to either true or false.",
        pattern=r"scaleToZeroEnabled",
    ),
    Hint(
        "Not found",
        "It does not exist, or you may not see it. Names are case-sensitive; a new endpoint answers queries "
        "only once it is "
        "READY.",
        status=404,
        command="databricks serving-endpoints list --profile <PROFILE>",
    ),
    Hint(
        "Rate limit",
        "A limit was reached: the workspace's, or one set in the endpoint's AI Gateway. Wait a minute, or raise "
        "the limit.",
        status=429,
    ),
    Hint(
        "Too large",
        "The request is larger than the endpoint takes: 16 MB for custom models, 4 MB for others.",
        status=413,
    ),
    Hint(
        "Timed out",
        "The model took longer than the workspace waits. A cold start can be the reason: try again.",
        status=504,
    ),
    Hint("Unavailable", "The workspace is busy or being updated. Try again in a moment.", status=503),
    Hint(
        "Workspace error", "The workspace failed by itself. Try again; quote the request id if it goes on.", status=500
    ),
    Hint("Bad request", "The workspace did not accept a value. The message names it.", status=400),
)

NONE = Hint("", "")


def hint_for(status: int, code: str, message: str) -> Hint:
    """The first row that matches, or an empty one."""
    return next((hint for hint in HINTS if hint.matches(status, code, message)), NONE)
