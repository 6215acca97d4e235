"""Why an endpoint has no schema, and what can be done, in words."""

from dataclasses import dataclass

from web.openapi.read import Reason


@dataclass(frozen=True)
class Explanation:
    """`title` says which case it is, `text` the way out; `action` is the portal page under the endpoint that helps."""

    title: str
    text: str
    action: str = ""
    action_label: str = ""


EXPLANATIONS: dict[Reason, Explanation] = {
    "not_ready": Explanation(
        "The endpoint is not ready yet",
        "The schema is read from the running model. Wait until the endpoint is READY; its logs tell what it waits for.",
        "logs",
        "Open the logs",
    ),
    "stopped": Explanation(
        "The endpoint is stopped",
        "The schema is read from the running model. Start the endpoint, then come back.",
        "",
        "Open the endpoint",
    ),
    "external": Explanation(
        "External models have no schema",
        "The provider's model answers, and the workspace does not describe it. The provider's documentation lists the "
        "parameters; the playground sends what the task takes.",
        "playground",
        "Open the playground",
    ),
    "no_signature": Explanation(
        "The model has no signature",
        "The workspace has no schema for this endpoint. For a custom model, log it again with a signature "
        "(mlflow.models.infer_signature), register the new version and serve that. Until then send raw JSON.",
        "playground",
        "Send raw JSON",
    ),
    "forbidden": Explanation(
        "You may not read this schema",
        "Reading the schema needs CAN_VIEW on the endpoint. Somebody with CAN_MANAGE can grant it.",
        "permissions",
        "See who has access",
    ),
    "unreadable": Explanation(
        "The schema could not be read",
        "The workspace answered with something that is not an OpenAPI document. Raw JSON can still be sent.",
        "playground",
        "Send raw JSON",
    ),
    "unavailable": Explanation(
        "The workspace did not give the schema",
        "This is usually over soon. Reload the page in a moment.",
    ),
}
