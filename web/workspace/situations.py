"""What people meet that is no single refusal of the workspace: rows for the page of all errors."""

from web.workspace.hints import Hint

SITUATIONS: tuple[Hint, ...] = (
    Hint(
        "Stuck in NOT_READY",
        "Look at the config update beside it. Updating: wait, up to 30 minutes on a CPU, 60 on small and medium GPUs, "
        "120 on larger ones. Update failed: the endpoint page says why. Neither: it was stopped, or made without a "
        "served entity.",
        cause="The first deployment is still running or has failed, or the endpoint is stopped.",
        seen="state.ready NOT_READY",
        command="databricks serving-endpoints get <ENDPOINT> --profile <PROFILE>",
    ),
    Hint(
        "READY, but the change is not live",
        "READY says that something serves, not that the newest config does. See 'Being tried' or 'Tried and failed' on "
        "the endpoint page.",
        cause="The old config goes on serving while an update runs and after it has failed.",
        seen="READY with UPDATE_FAILED, or IN_PROGRESS",
    ),
    Hint(
        "404 on a query, although the endpoint exists",
        "Wait until the first deployment has succeeded. Check the name and the path: "
        "/serving-endpoints/<ENDPOINT>/invocations. A route-optimized endpoint answers only at its own address.",
        cause="The endpoint serves nothing yet, the address is of another kind, or you may not query it.",
        seen="404 RESOURCE_DOES_NOT_EXIST, ENDPOINT_NOT_FOUND",
        command="databricks serving-endpoints query <ENDPOINT> --json @input.json --profile <PROFILE>",
    ),
    Hint(
        "403 on a route-optimized endpoint",
        "Ask for an OAuth token for that endpoint; the SDK's data plane client does it.",
        cause="A route-optimized endpoint takes OAuth tokens made for it, never a personal access token.",
        seen="403 at the endpoint's own address",
    ),
    Hint(
        "The first answer takes a minute, or times out",
        "Ask again. For callers who cannot wait, switch scale to zero off.",
        cause="The endpoint was scaled to zero; a replica starts with the first request.",
        seen="Scaling from zero, 503 or 504 on the first request",
    ),
    Hint(
        "An update is refused, although you may manage the endpoint",
        "Give the creator EXECUTE on the model, USE CATALOG and USE SCHEMA. When the creator has left, create the "
        "endpoint anew as somebody who stays.",
        cause="The endpoint runs as its creator for good, and that identity's grants are checked at every update.",
        seen="403 PERMISSION_DENIED at an update",
    ),
    Hint(
        "The input is refused",
        "Compare it with the Schema page, or start from the example that it offers.",
        cause="Columns, types or shape do not fit the model's signature.",
        seen="400 BAD_REQUEST: Failed to enforce schema",
    ),
    Hint(
        "The answer is cut off",
        "Raise max_tokens, or ask for less. For streams longer than 5 minutes, ask the endpoint directly.",
        cause="The model reached its limit of tokens, or a proxy on the way ended a long stream.",
        seen="finish_reason length, a stream that ends without [DONE]",
    ),
    Hint(
        "No metrics",
        "The Metrics page of the endpoint says which of them it is.",
        cause="Pay-per-token and external models export none; an endpoint that is stopped, not ready or asleep has "
        "none"
        "now.",
        seen="404 on /metrics, or an empty answer",
    ),
    Hint(
        "Nobody knows whether a change was applied",
        "Wait: the portal asks the workspace until it knows, and sends nothing again. Look at the operation "
        "in the audit"
        "before you try once more.",
        cause="The connection broke after the change was sent and before its answer came.",
        seen="outcome unknown",
    ),
    Hint(
        "The endpoint was changed meanwhile",
        "The page shows what was there, what is there now and what you wanted. Choose, and apply again.",
        cause="Somebody else, or another tool, changed the same fields after you opened the form.",
        seen="409 RESOURCE_CONFLICT with three versions",
    ),
    Hint(
        "Cross-site request refused",
        "Open the portal at its own address, without a proxy in between that changes the Origin header. An "
        "administrator"
        "may set PORTAL_PUBLIC_ORIGIN.",
        cause="The browser says that another site, or another address of the portal, sent the form.",
        seen="403 CROSS_ORIGIN",
    ),
)
