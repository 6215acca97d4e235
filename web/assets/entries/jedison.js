// Forms made from a JSON Schema ("try it").
export { default } from "jedison";
