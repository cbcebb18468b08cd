export { shapesByArea } from "./shapes-by-area.ts";
