"""The one statement behind the Usage page. Its text is made of constants; what a person chose goes in by name."""

from typing import Literal

By = Literal["endpoint", "entity", "person", "day"]
KEYS: dict[By, str] = {
    "endpoint": "e.endpoint_name",
    "entity": "e.served_entity_name",
    "person": "u.requester",
    "day": "to_date(u.request_time)",
}
MOST_ROWS = 5000

# served_entities changes slowly: of each entity the row that was written last counts.
ENTITIES = """
  SELECT served_entity_id, endpoint_name, served_entity_name, entity_name,
         ROW_NUMBER() OVER (PARTITION BY served_entity_id ORDER BY change_time DESC) AS nth
  FROM system.serving.served_entities
"""
STATEMENT = """
WITH entities AS ({entities})
SELECT {key} AS name, e.endpoint_name AS endpoint, e.entity_name AS model,
       COUNT(*) AS requests,
       SUM(CASE WHEN u.status_code >= 400 THEN 1 ELSE 0 END) AS errors,
       SUM(CASE WHEN u.status_code = 429 THEN 1 ELSE 0 END) AS limited,
       SUM(u.input_token_count) AS input_tokens, SUM(u.output_token_count) AS output_tokens
FROM system.serving.endpoint_usage u
LEFT JOIN entities e ON e.served_entity_id = u.served_entity_id AND e.nth = 1
WHERE u.request_time >= to_timestamp(:since)
  AND (:workspace = '' OR u.workspace_id = :workspace)
  AND (:endpoint = '' OR e.endpoint_name = :endpoint)
GROUP BY {key}, e.endpoint_name, e.entity_name
ORDER BY requests DESC
LIMIT {most}
"""


def statement(by: By) -> str:
    """Usage by endpoint, entity, person or day; split by endpoint and model, whose prices differ."""
    return STATEMENT.format(entities=ENTITIES, key=KEYS[by], most=MOST_ROWS)
