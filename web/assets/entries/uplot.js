// Time series charts.
export { default } from "uplot";
