"""The troubleshooting table as data: what a refusal of the workspace means and the way out of it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """One row: matches a status, a code or words of the message; `text` is the way out, `command` a shell line.

    `cause` says why it happens and `seen` how it looks, for the page of all errors; that page alone has rows that match
    nothing, with neither status, code nor pattern.
    """

    title: str
    text: str
    status: int | None = None
    code: str = ""
    pattern: str = ""
    command: str = ""
    cause: str = ""
    seen: str = ""

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
        cause="The SDK, the CLI or the portal on a laptop looked for a profile, environment variables and a sign- "
        "in, and found none that works.",
        seen="default auth: cannot configure default credentials",
    ),
    Hint(
        "Missing scope",
        "The app's user authorization lacks a scope. An administrator adds it to the app, then stops and starts "
        "the app; "
        "people sign in again.",
        pattern=r"required scopes|does not have required scopes",
        command="databricks apps get <APP> --profile <PROFILE>",
        cause="Inside Databricks Apps a person's token carries only the scopes that the app was given, and the call "
        "needs another.",
        seen="does not have required scopes: serving.serving-endpoints",
    ),
    Hint(
        "Invalid access token",
        "The token is not valid any more. Sign in again.",
        status=403,
        pattern=r"invalid access token",
        command="databricks auth login --profile <PROFILE>",
        cause="The token was revoked, has expired, or belongs to another workspace.",
        seen="403 Invalid access token",
    ),
    Hint(
        "Not signed in",
        "Your sign-in has expired. Reload the page to sign in again.",
        status=401,
        cause="No token came with the request, or it has expired.",
        seen="401 UNAUTHENTICATED",
    ),
    Hint(
        "No permission on the app",
        "Ask somebody with CAN_MANAGE on the app to grant it to you, or to attach the endpoint.",
        status=403,
        pattern=r"\bon app\b",
        command="databricks apps get-permissions <APP> --profile <PROFILE>",
        cause="Changing what an app may use needs CAN_MANAGE on that app.",
        seen="403 PERMISSION_DENIED: User does not have CAN_MANAGE on app support-desk",
    ),
    Hint(
        "Permission denied",
        "Ask somebody with CAN_MANAGE on the endpoint to grant you access. Changing needs CAN_MANAGE, querying "
        "CAN_QUERY.",
        status=403,
        command="databricks serving-endpoints get-permissions <ENDPOINT_ID> --profile <PROFILE>",
        cause="The workspace knows you, and your grants do not reach that far. A changed config is also refused "
        "when the endpoint's creator has left or lost a grant.",
        seen="403 PERMISSION_DENIED: User does not have permission 'Manage' on Endpoint",
    ),
    Hint(
        "Update in progress",
        "One config update runs at a time. Wait until the running one has ended, then apply again.",
        status=409,
        pattern=r"in progress|updat|conflict",
        cause="An endpoint takes one config update at a time, and one is running.",
        seen="409 RESOURCE_CONFLICT",
    ),
    Hint(
        "Already exists",
        "Choose another name: this one is taken in the workspace.",
        pattern=r"already exists",
        cause="Names are unique in a workspace, also among endpoints that you may not see.",
        seen="RESOURCE_ALREADY_EXISTS",
    ),
    Hint(
        "Endpoint is stopped",
        "Start the endpoint, then try again.",
        code="INVALID_STATE",
        pattern=r"stopped",
        cause="Somebody stopped the endpoint. It keeps its config and answers nothing.",
        seen="400 INVALID_STATE: Endpoint is stopped",
    ),
    Hint(
        "Not eligible for provisioned throughput",
        "This model cannot be served with provisioned throughput. Choose another model, or serve it as a custom model.",
        pattern=r"not eligible for provisioned throughput",
        cause="Only some foundation models, and models fine-tuned from them, can be served with provisioned "
        "throughput.",
        seen="is not eligible for provisioned throughput",
    ),
    Hint(
        "Scale to zero not set",
        "A custom model needs 'scale to zero' set to either true or false.",
        pattern=r"scaleToZeroEnabled",
        cause="The API takes no default for it on custom models.",
        seen="scaleToZeroEnabled must be set",
    ),
    Hint(
        "Not found",
        "It does not exist, or you may not see it. Names are case-sensitive; a new endpoint answers queries "
        "only once it is "
        "READY.",
        status=404,
        command="databricks serving-endpoints list --profile <PROFILE>",
        cause="The name is misspelt, the thing was deleted, or you may not see it. The workspace does not tell which.",
        seen="404 RESOURCE_DOES_NOT_EXIST: Endpoint with name 'x' does not exist.",
    ),
    Hint(
        "Rate limit",
        "A limit was reached: the workspace's, or one set in the endpoint's AI Gateway. Wait a minute, or raise "
        "the limit.",
        status=429,
        cause="Too many requests: 200 a second for the whole workspace, 50 create and update calls in 5 minutes, a "
        "limit set in the AI Gateway, or the provider's own quota.",
        seen="429 REQUEST_LIMIT_EXCEEDED, RATE_LIMIT_EXCEEDED",
    ),
    Hint(
        "Too large",
        "The request is larger than the endpoint takes: 16 MB for custom models, 4 MB for others.",
        status=413,
        cause="A request has a largest size by kind of endpoint.",
        seen="413 Payload Too Large",
    ),
    Hint(
        "Timed out",
        "The model took longer than the workspace waits. A cold start can be the reason: try again.",
        status=504,
        cause="The model, or the replica that had to start first, did not answer in time.",
        seen="504 DEADLINE_EXCEEDED",
    ),
    Hint(
        "Unavailable",
        "The workspace is busy or being updated. Try again in a moment.",
        status=503,
        cause="The workspace, or the endpoint, takes no requests at the moment.",
        seen="503 TEMPORARILY_UNAVAILABLE",
    ),
    Hint(
        "Workspace error",
        "The workspace failed by itself. Try again; quote the request id if it goes on.",
        status=500,
        cause="Something failed inside the workspace, or in the model's own code.",
        seen="500 INTERNAL_ERROR",
    ),
    Hint(
        "Bad request",
        "The workspace did not accept a value. The message names it.",
        status=400,
        cause="A field is missing, has the wrong type or breaks a rule. For a query: the input does not fit the "
        "model's signature.",
        seen="400 INVALID_PARAMETER_VALUE, BAD_REQUEST",
    ),
)

NONE = Hint("", "")


def hint_for(status: int, code: str, message: str) -> Hint:
    """The first row that matches, or an empty one."""
    return next((hint for hint in HINTS if hint.matches(status, code, message)), NONE)
